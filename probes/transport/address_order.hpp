#pragma once
// Destination addresses in the order in which a client tries them: RFC 6724 section 6.

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <optional>
#include <vector>

namespace rdpwatch::transport {

/// More addresses of one name than these are neither tried nor, where a target is expanded, probed.
inline constexpr std::size_t kMaxAddresses = 32;

/// The address that this machine would send from to `destination`; nothing when it has no way there.
using SourceSelector =
    std::function<std::optional<boost::asio::ip::address>(const boost::asio::ip::address& destination)>;

/// Asks the kernel, by a UDP socket that is connected and sends nothing. Gives nothing also when no socket is
/// to be had.
std::optional<boost::asio::ip::address> kernel_source_address(const boost::asio::ip::address& destination);

/// IPv4-mapped IPv6 addresses become IPv4 addresses, duplicates go, and at most kMaxAddresses stay, in the
/// given order. Which ones does not depend on that order, as name servers rotate their answers: IPv6 before
/// IPv4, then the numerically smallest.
std::vector<boost::asio::ip::address> within_bound(const std::vector<boost::asio::ip::address>& addresses);

/// What within_bound() leaves, sorted by the rules 1, 2, 5, 6, 8, 9 (IPv6 only) and 10. Rules 3 (deprecated),
/// 4 (home) and 7 (tunnels) would need facts about interfaces that are not read here. A destination that
/// can't be reached goes last and is not dropped.
std::vector<boost::asio::ip::address> in_destination_order(
    const std::vector<boost::asio::ip::address>& addresses,
    const SourceSelector& source_for = kernel_source_address);

/// Whether a TCP connection to this address can mean a host: not for 0.0.0.0, ::, multicast and broadcast,
/// which DNS filters and mistakes give out, and of which the first two lead to our own machine.
bool is_host_address(const boost::asio::ip::address& address);

}  // namespace rdpwatch::transport
