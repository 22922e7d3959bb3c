#pragma once
// DnsReply: what one DNS server said to one question, bytes already read.

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::transport {

enum class RecordType : std::uint8_t { a, aaaa };

struct DnsReply {
  enum class Kind : std::uint8_t {
    addresses,
    no_data,        ///< the name exists and has no record of this type
    no_such_name,   ///< NXDOMAIN
    server_failed,  ///< an answer that is none (SERVFAIL, REFUSED, malformed ...), or the server can't be
                    ///< reached
    silent,         ///< nothing came, after all repetitions
    local_fault     ///< our own machine could not ask
  };
  Kind kind = Kind::silent;
  std::vector<boost::asio::ip::address> addresses{};  ///< of Kind::addresses, within_bound()
  std::chrono::seconds ttl{0};                        ///< the smallest of the answer, aliases included
  std::string complaint{};  ///< of server_failed and local_fault: "SERVFAIL from 10.0.0.53"
};

/// Reads a DNS message that answers a question for `type`. `server` is for the complaint only.
DnsReply read_reply(RecordType type, std::span<const std::uint8_t> message, std::string_view server);

}  // namespace rdpwatch::transport
