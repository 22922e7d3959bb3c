#include "probes/transport/address_order.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace rdpwatch::transport {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using Bytes16 = address_v6::bytes_type;

struct PolicyRow {
  Bytes16 prefix;
  int bits;
  int precedence;
  int label;
};

// RFC 6724 section 2.1, the longest prefix first.
constexpr std::array<PolicyRow, 9> kPolicy{{
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, 50, 0},  // ::1/128
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 35, 4},         // ::ffff:0:0/96, IPv4
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 96, 1, 3},    // ::/96
    {{0x20, 0x01, 0, 0}, 32, 5, 5},                                  // 2001::/32
    {{0x20, 0x02}, 16, 30, 2},                                       // 2002::/16
    {{0x3f, 0xfe}, 16, 1, 12},                                       // 3ffe::/16
    {{0xfe, 0xc0}, 10, 1, 11},                                       // fec0::/10
    {{0xfc}, 7, 3, 13},                                              // fc00::/7
    {{}, 0, 40, 1},                                                  // ::/0
}};

constexpr int kLinkLocalScope = 0x2;
constexpr int kSiteLocalScope = 0x5;
constexpr int kGlobalScope = 0xe;

/// RFC 6724 section 2.2 counts common bits only within the source's prefix, which is 64 bits on every usual
/// network.
constexpr int kMaxCommonBits = 64;

Bytes16 as_v6_bytes(const address& one) {
  if (one.is_v6()) return one.to_v6().to_bytes();
  const auto v4 = one.to_v4().to_bytes();
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, v4[0], v4[1], v4[2], v4[3]};
}

int common_bits(const Bytes16& one, const Bytes16& other) {
  for (int bit = 0; bit < 128; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((one[byte] ^ other[byte]) & (0x80 >> bit % 8)) != 0) return bit;
  }
  return 128;
}

const PolicyRow& policy(const address& one) {
  const Bytes16 bytes = as_v6_bytes(one);
  return *std::ranges::find_if(
      kPolicy, [&](const PolicyRow& row) { return common_bits(row.prefix, bytes) >= row.bits; });
}

int scope(const address& one) {
  if (one.is_v4()) {
    const auto bytes = one.to_v4().to_bytes();
    const bool link_local = bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254);
    return link_local ? kLinkLocalScope : kGlobalScope;
  }
  const address_v6 v6 = one.to_v6();
  if (v6.is_multicast()) return v6.to_bytes()[1] & 0x0f;
  if (v6.is_loopback() || v6.is_link_local()) return kLinkLocalScope;
  return v6.is_site_local() ? kSiteLocalScope : kGlobalScope;
}

/// The rules as one key: of two destinations the one with the smaller key comes first.
using Rank = std::tuple<bool, bool, bool, int, int, int>;

Rank rank(const address& destination, const std::optional<address>& source) {
  const int destination_scope = scope(destination);
  const PolicyRow& row = policy(destination);
  const bool same_scope = source && scope(*source) == destination_scope;
  const bool same_label = source && policy(*source).label == row.label;
  int prefix = 0;
  if (source && source->is_v6() && destination.is_v6())
    prefix = std::min(common_bits(as_v6_bytes(*source), as_v6_bytes(destination)), kMaxCommonBits);
  return {!source, !same_scope, !same_label, -row.precedence, destination_scope, -prefix};
}

address without_mapping(const address& one) {
  if (one.is_v6() && one.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, one.to_v6());
  return one;
}

}  // namespace

std::optional<address> kernel_source_address(const address& destination) {
  constexpr std::uint16_t kAnyPort = 3389;
  const boost::asio::ip::udp::endpoint to(destination, kAnyPort);
  const int fd = ::socket(to.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return std::nullopt;
  boost::asio::ip::udp::endpoint from(to.protocol(), 0);
  auto length = static_cast<socklen_t>(from.capacity());
  const bool reachable = ::connect(fd, to.data(), static_cast<socklen_t>(to.size())) == 0 &&
                         ::getsockname(fd, from.data(), &length) == 0;
  ::close(fd);
  if (!reachable) return std::nullopt;
  return from.address();
}

std::vector<address> within_bound(const std::vector<address>& addresses) {
  const auto key = [](const address& one) { return std::pair(one.is_v4(), one); };
  std::set<std::pair<bool, address>> chosen;
  for (const address& given : addresses) {
    chosen.insert(key(without_mapping(given)));
    if (chosen.size() > kMaxAddresses) chosen.erase(std::prev(chosen.end()));
  }
  std::vector<address> kept;
  for (const address& given : addresses) {
    const address one = without_mapping(given);
    if (chosen.erase(key(one)) == 1) kept.push_back(one);
  }
  return kept;
}

std::vector<address> in_destination_order(const std::vector<address>& addresses,
                                          const SourceSelector& source_for) {
  std::vector<address> kept = within_bound(addresses);
  if (kept.size() < 2) return kept;
  std::vector<std::pair<Rank, address>> ranked;
  for (const address& one : kept) ranked.emplace_back(rank(one, source_for(one)), one);
  std::ranges::stable_sort(ranked, {}, [](const auto& entry) { return entry.first; });
  std::ranges::transform(ranked, kept.begin(), [](const auto& entry) { return entry.second; });
  return kept;
}

bool is_host_address(const address& given) {
  const address one = without_mapping(given);
  return !one.is_unspecified() && !one.is_multicast() &&
         !(one.is_v4() && one.to_v4() == address_v4::broadcast());
}

}  // namespace rdpwatch::transport
