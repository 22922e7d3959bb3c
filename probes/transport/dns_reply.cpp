#include "probes/transport/dns_reply.hpp"

#include <ares.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "probes/transport/address_order.hpp"

namespace rdpwatch::transport {
namespace {

using boost::asio::ip::address;
using Kind = DnsReply::Kind;

constexpr std::size_t kHeaderSize = 12;
/// A record takes at least a name of one byte, type, class, TTL, length and the four bytes of an address.
constexpr std::size_t kSmallestRecord = 1 + 2 + 2 + 4 + 2 + 4;
constexpr std::uint8_t kNoError = 0;
constexpr std::uint8_t kNxDomain = 3;
/// RFC 1035 section 4.1.1 and RFC 2136 section 2.2.
constexpr std::array<std::string_view, 11> kRcodes{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                   "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                   "NXRRSET", "NOTAUTH", "NOTZONE"};

DnsReply failed(std::string what, std::string_view server) {
  return {.kind = Kind::server_failed, .complaint = std::move(what) + " from " + std::string(server)};
}

address to_address(const ares_addrttl& record) {
  boost::asio::ip::address_v4::bytes_type bytes;
  std::memcpy(bytes.data(), &record.ipaddr, bytes.size());
  return boost::asio::ip::address_v4(bytes);
}

address to_address(const ares_addr6ttl& record) {
  boost::asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &record.ip6addr, bytes.size());
  return boost::asio::ip::address_v6(bytes);
}

/// `parse` is c-ares's reader of the record type; it follows aliases and takes their TTL into account.
template <typename Record, typename Parse>
DnsReply read_addresses(std::span<const std::uint8_t> message, std::string_view server, Parse parse) {
  // All records are read, however many the server sends: which of them count must not depend on their order.
  std::vector<Record> records(message.size() / kSmallestRecord + 1);
  int count = static_cast<int>(records.size());
  const int status = parse(message.data(), static_cast<int>(message.size()), nullptr, records.data(), &count);
  if (status == ARES_ENOMEM)
    return {.kind = Kind::local_fault, .complaint = "no memory to read the DNS server's answer"};
  if (status == ARES_ENODATA || (status == ARES_SUCCESS && count == 0)) return {.kind = Kind::no_data};
  if (status != ARES_SUCCESS) return failed("malformed answer", server);
  DnsReply reply{.kind = Kind::addresses, .ttl = std::chrono::seconds::max()};
  records.resize(static_cast<std::size_t>(count));
  std::vector<address> addresses;
  for (const Record& record : records) {
    addresses.push_back(to_address(record));
    // RFC 2181 section 8: a TTL with the highest bit set counts as 0.
    reply.ttl = std::min(reply.ttl, std::chrono::seconds(std::max(record.ttl, 0)));
  }
  reply.addresses = within_bound(addresses);
  return reply;
}

}  // namespace

DnsReply read_reply(RecordType type, std::span<const std::uint8_t> message, std::string_view server) {
  if (message.size() < kHeaderSize) return failed("malformed answer", server);
  const std::uint8_t rcode = message[3] & 0x0f;
  if (rcode == kNxDomain) return {.kind = Kind::no_such_name};
  if (rcode != kNoError)
    return failed(
        rcode < kRcodes.size() ? std::string(kRcodes[rcode]) : "response code " + std::to_string(rcode),
        server);
  const bool no_answers = message[6] == 0 && message[7] == 0;
  if (no_answers) return {.kind = Kind::no_data};
  switch (type) {
    case RecordType::a:
      return read_addresses<ares_addrttl>(message, server, ares_parse_a_reply);
    case RecordType::aaaa:
      return read_addresses<ares_addr6ttl>(message, server, ares_parse_aaaa_reply);
  }
  return failed("malformed answer", server);
}

}  // namespace rdpwatch::transport
