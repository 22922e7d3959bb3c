#include "probes/transport/dns_reply.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace rdpwatch::transport {
namespace {

using test::from_hex;

// Question a.bc, type A or AAAA, class IN; the answer's owner is a pointer to it (c00c).
const std::string kQuestionA = "01610262630000010001";
const std::string kQuestionAaaa = "016102626300001c0001";

DnsReply read(RecordType type, const std::string& hex) {
  const auto message = from_hex(hex);
  return read_reply(type, message, "10.0.0.53");
}

TEST(DnsReply, OneAddress) {
  const DnsReply reply = read(
      RecordType::a, "1234 8180 0001 0001 0000 0000" + kQuestionA + "c00c 0001 0001 0000012c 0004 0a000009");
  EXPECT_EQ(reply.kind, DnsReply::Kind::addresses);
  ASSERT_EQ(reply.addresses.size(), 1u);
  EXPECT_EQ(reply.addresses[0].to_string(), "10.0.0.9");
  EXPECT_EQ(reply.ttl, std::chrono::seconds(300));
}

TEST(DnsReply, TwoIpv6AddressesTheSmallerTtlCounts) {
  const DnsReply reply =
      read(RecordType::aaaa, "1234 8180 0001 0002 0000 0000" + kQuestionAaaa +
                                 "c00c 001c 0001 0000012c 0010 fd000000000000000000000000000009"
                                 "c00c 001c 0001 0000000a 0010 fd00000000000000000000000000000a");
  EXPECT_EQ(reply.kind, DnsReply::Kind::addresses);
  ASSERT_EQ(reply.addresses.size(), 2u);
  EXPECT_EQ(reply.addresses[1].to_string(), "fd00::a");
  EXPECT_EQ(reply.ttl, std::chrono::seconds(10));
}

TEST(DnsReply, OfTooManyAddressesTheLowestCountWhereverTheyAre) {
  std::string hex = "1234 8180 0001 0028 0000 0000" + kQuestionA;
  for (int last = 40; last >= 1; --last)
    hex += "c00c 0001 0001 0000012c 0004 0a0000" + std::string{"0123456789abcdef"[last / 16]} +
           "0123456789abcdef"[last % 16];
  const DnsReply reply = read(RecordType::a, hex);
  ASSERT_EQ(reply.addresses.size(), 32u);
  EXPECT_EQ(reply.addresses.front().to_string(), "10.0.0.32");
  EXPECT_EQ(reply.addresses.back().to_string(), "10.0.0.1");
}

TEST(DnsReply, TtlWithTheHighestBitSetIsZero) {
  const DnsReply reply = read(
      RecordType::a, "1234 8180 0001 0001 0000 0000" + kQuestionA + "c00c 0001 0001 ffffffff 0004 0a000009");
  EXPECT_EQ(reply.kind, DnsReply::Kind::addresses);
  EXPECT_EQ(reply.ttl, std::chrono::seconds(0));
}

TEST(DnsReply, NoAnswers) {
  EXPECT_EQ(read(RecordType::a, "1234 8180 0001 0000 0000 0000" + kQuestionA).kind, DnsReply::Kind::no_data);
}

TEST(DnsReply, NoSuchName) {
  EXPECT_EQ(read(RecordType::a, "1234 8183 0001 0000 0000 0000" + kQuestionA).kind,
            DnsReply::Kind::no_such_name);
}

TEST(DnsReply, ServerFailure) {
  const DnsReply reply = read(RecordType::a, "1234 8182 0001 0000 0000 0000" + kQuestionA);
  EXPECT_EQ(reply.kind, DnsReply::Kind::server_failed);
  EXPECT_EQ(reply.complaint, "SERVFAIL from 10.0.0.53");
}

TEST(DnsReply, MalformedMessages) {
  const std::string header = "1234 8180 0001 0001 0000 0000";
  for (const std::string& hex : {
           std::string("1234 8180 0001"),                                  // shorter than a header
           header,                                                         // no question
           header + kQuestionA,                                            // no record
           header + kQuestionA + "c00c 0001 0001 0000012c 0004 0a00",      // address cut off
           header + kQuestionA + "c00c 0001 0001 0000012c ffff 0a000009",  // length beyond the end
           header + kQuestionA + "c016 0001 0001 0000012c 0004 0a000009",  // name that points at itself
           header + kQuestionA + "c0ff 0001 0001 0000012c 0004 0a000009",  // name beyond the end
       }) {
    const DnsReply reply = read(RecordType::a, hex);
    EXPECT_EQ(reply.kind, DnsReply::Kind::server_failed) << hex;
    EXPECT_EQ(reply.complaint, "malformed answer from 10.0.0.53") << hex;
  }
}

TEST(DnsReply, RecordOfAnotherTypeIsNoData) {
  EXPECT_EQ(read(RecordType::aaaa,
                 "1234 8180 0001 0001 0000 0000" + kQuestionAaaa + "c00c 0001 0001 0000012c 0004 0a000009")
                .kind,
            DnsReply::Kind::no_data);
}

}  // namespace
}  // namespace rdpwatch::transport
