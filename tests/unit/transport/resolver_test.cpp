// What a lookup makes of the answers of one DNS server.

#include <algorithm>
#include <set>

#include "tests/unit/transport/resolver_fixture.hpp"

namespace rdpwatch::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class ResolverAnswers : public ResolverTest {
 protected:
  FakeDnsServer server_{io_};
  Resolver resolver_{io_.get_executor(), options({server_.address()})};
  std::string from_server_ = " from " + server_.address();
};

TEST_F(ResolverAnswers, AddressesOfBothFamilies) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  server_.answer("ts09.corp", RecordType::aaaa, {.records = {{"ts09.corp", "::1"}}});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), UnorderedElementsAre("::1", "127.0.0.9"));
  EXPECT_EQ(server_.asked("ts09.corp", RecordType::a), 1u);
  EXPECT_EQ(server_.asked("ts09.corp", RecordType::aaaa), 1u);
}

TEST_F(ResolverAnswers, SeveralRecordsKeepTheirOrderWithoutDuplicates) {
  server_.has_v4("farm.corp", {"127.0.0.7", "127.0.0.5", "127.0.0.7", "127.0.0.6"});
  EXPECT_THAT(addresses(resolve(resolver_, "farm.corp")), ElementsAre("127.0.0.7", "127.0.0.5", "127.0.0.6"));
}

TEST_F(ResolverAnswers, ChainOfAliases) {
  const std::vector<DnsRecord> aliases{{"rds.corp", "farm.corp"}, {"farm.corp", "ts09.corp"}};
  DnsScript v4{.records = aliases};
  v4.records.push_back({"ts09.corp", "127.0.0.9"});
  server_.answer("rds.corp", RecordType::a, v4);
  server_.answer("rds.corp", RecordType::aaaa, {.records = aliases});
  EXPECT_THAT(addresses(resolve(resolver_, "rds.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverAnswers, MappedAddressIsTheIpv4One) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  server_.answer("ts09.corp", RecordType::aaaa, {.records = {{"ts09.corp", "::ffff:127.0.0.9"}}});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverAnswers, NoSuchName) {
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp")),
            "name_not_found | NXDOMAIN: the DNS server says that ts09.corp does not exist");
}

TEST_F(ResolverAnswers, NameWithoutAddresses) {
  server_.answer_both("ts09.corp", {});
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp")),
            "name_not_found | NODATA: ts09.corp exists but has no A or AAAA record");
}

TEST_F(ResolverAnswers, AliasWithoutAddresses) {
  server_.answer_both("ts09.corp", {.records = {{"ts09.corp", "gone.corp"}}});
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp")),
            "name_not_found | NODATA: ts09.corp exists but has no A or AAAA record");
}

TEST_F(ResolverAnswers, NoSuchNameForOneFamilyIsNoReasonToIgnoreTheOther) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverAnswers, NullAddressOfADnsFilter) {
  server_.has_v4("ts09.corp", {"0.0.0.0"});
  EXPECT_EQ(
      failure(resolve(resolver_, "ts09.corp")),
      "name_not_found | NODATA: the DNS server gives 0.0.0.0 for ts09.corp, which is no host's address");
}

TEST_F(ResolverAnswers, EveryErrorCodeHasItsName) {
  const std::vector<std::pair<std::uint8_t, std::string>> codes{
      {1, "FORMERR"}, {2, "SERVFAIL"}, {4, "NOTIMP"},  {5, "REFUSED"},  {6, "YXDOMAIN"},
      {7, "YXRRSET"}, {8, "NXRRSET"},  {9, "NOTAUTH"}, {10, "NOTZONE"}, {11, "response code 11"}};
  for (const auto& [rcode, text] : codes) {
    server_.answer_both("ts09.corp", {.rcode = rcode});
    EXPECT_EQ(failure(resolve(resolver_, "ts09.corp")),
              "resolver_failed | no answer for ts09.corp: " + text + from_server_);
  }
}

TEST_F(ResolverAnswers, MalformedAnswer) {
  server_.answer_both("ts09.corp", {.records = {{"ts09.corp", "127.0.0.9"}}, .claimed_answers = 5});
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp")),
            "resolver_failed | no answer for ts09.corp: malformed answer" + from_server_);
}

TEST_F(ResolverAnswers, BytesThatAnswerNoQuestionAreNoAnswer) {
  server_.answer_both("ts09.corp", {.instead = {0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28}});
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp", 200ms)), "deadline");
}

TEST_F(ResolverAnswers, OneFamilyFailsTheOtherIsUsed) {
  const DnsScript broken{.rcode = 2};
  server_.answer("four.corp", RecordType::a, {.records = {{"four.corp", "127.0.0.4"}}});
  server_.answer("four.corp", RecordType::aaaa, broken);
  server_.answer("six.corp", RecordType::a, broken);
  server_.answer("six.corp", RecordType::aaaa, {.records = {{"six.corp", "::1"}}});
  EXPECT_THAT(addresses(resolve(resolver_, "four.corp")), ElementsAre("127.0.0.4"));
  EXPECT_THAT(addresses(resolve(resolver_, "six.corp")), ElementsAre("::1"));
}

TEST_F(ResolverAnswers, CompleteIsWhatBothFamiliesAnsweredForCertain) {
  const DnsScript v4{.records = {{"ts09.corp", "127.0.0.9"}}};
  const DnsScript v6{.records = {{"ts09.corp", "::1"}}};
  const DnsScript no_data{};
  const DnsScript no_such_name{.rcode = 3};
  const DnsScript server_failure{.rcode = 2};
  const DnsScript silent{.silent = true};
  const DnsScript malformed{.records = {{"ts09.corp", "::1"}}, .claimed_answers = 5};
  struct Case {
    DnsScript a, aaaa;
    bool complete;
  };
  const std::vector<Case> cases{{v4, v6, true},         {v4, no_data, true}, {v4, no_such_name, true},
                                {no_data, v6, true},    {v4, silent, false}, {v4, server_failure, false},
                                {v4, malformed, false}, {silent, v6, false}, {server_failure, v6, false}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    server_.answer("ts09.corp", RecordType::a, cases[i].a);
    server_.answer("ts09.corp", RecordType::aaaa, cases[i].aaaa);
    Resolver without_cache(io_.get_executor(), options({server_.address()}));
    const Outcome outcome = resolve(without_cache, "ts09.corp");
    ASSERT_TRUE(std::holds_alternative<Resolved>(outcome)) << i;
    EXPECT_EQ(complete(outcome), cases[i].complete) << i;
  }
}

TEST_F(ResolverAnswers, IncompleteAnswerIsIncompleteFromTheCacheToo) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  server_.answer("ts09.corp", RecordType::aaaa, {.rcode = 2});
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(complete(resolve(resolver_, "ts09.corp")));
  EXPECT_EQ(server_.asked("ts09.corp", RecordType::a), 1u);
}

TEST_F(ResolverAnswers, WhatTheHostsFileSaysIsComplete) {
  write("hosts", "127.0.0.9 ts09.corp\n");
  EXPECT_TRUE(complete(resolve(resolver_, "ts09.corp")));
  EXPECT_TRUE(complete(resolve(resolver_, "127.0.0.9")));
  EXPECT_TRUE(complete(resolve(resolver_, "localhost")));
  EXPECT_EQ(server_.asked_in_all(), 0u);
}

TEST_F(ResolverAnswers, NoDataForOneFamilyAndAFailureForTheOtherIsUnknown) {
  server_.answer("ts09.corp", RecordType::a, {});
  server_.answer("ts09.corp", RecordType::aaaa, {.rcode = 2});
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp")),
            "resolver_failed | no answer for ts09.corp: SERVFAIL" + from_server_);
}

TEST_F(ResolverAnswers, AnswerInHandWaitsForTheOtherFamily) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  server_.answer("ts09.corp", RecordType::aaaa, {.records = {{"ts09.corp", "::1"}}, .delay = 20ms});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), UnorderedElementsAre("::1", "127.0.0.9"));
}

TEST_F(ResolverAnswers, AnswerInHandDoesNotWaitForLongAndIsNotCached) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}});
  server_.answer("ts09.corp", RecordType::aaaa, {.records = {{"ts09.corp", "::1"}}, .delay = 200ms});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
  server_.answer("ts09.corp", RecordType::aaaa, {.records = {{"ts09.corp", "::1"}}});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), UnorderedElementsAre("::1", "127.0.0.9"));
}

TEST_F(ResolverAnswers, NoDataInHandWaitsForAsLongAsItTakes) {
  server_.answer("ts09.corp", RecordType::a, {});
  server_.answer("ts09.corp", RecordType::aaaa, {.records = {{"ts09.corp", "::1"}}, .delay = 200ms});
  EXPECT_THAT(addresses(resolve(resolver_, "ts09.corp")), ElementsAre("::1"));
}

TEST_F(ResolverAnswers, FailureOfOneFamilyAndSilenceOfTheOther) {
  server_.answer("ts09.corp", RecordType::a, {.silent = true});
  server_.answer("ts09.corp", RecordType::aaaa, {.rcode = 5});
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp", 300ms)),
            "resolver_failed | no answer for ts09.corp: REFUSED" + from_server_);
}

TEST_F(ResolverAnswers, SilenceUntilTheDeadline) {
  server_.answer_both("ts09.corp", {.silent = true});
  const auto began = Clock::now();
  EXPECT_EQ(failure(resolve(resolver_, "ts09.corp", 300ms)), "deadline");
  EXPECT_GE(Clock::now() - began, 300ms);
}

TEST_F(ResolverAnswers, WaitingCostsNothing) {
  server_.answer_both("ts09.corp", {.silent = true});
  const auto pending = start(resolver_, "ts09.corp", 500ms);
  std::size_t handlers = 0;
  while (!pending->done()) handlers += io_.run_one();
  // The questions, the deadline, and ten ticks a second.
  EXPECT_LT(handlers, 50u);
}

TEST_F(ResolverAnswers, SilenceIsAskedAgain) {
  server_.answer_both("ts09.corp", {.silent = true});
  const auto pending = start(resolver_, "ts09.corp");
  run_until([&] { return server_.asked("ts09.corp", RecordType::a) == 1; });
  server_.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_THAT(addresses(finish(pending)), ElementsAre("127.0.0.9"));
  EXPECT_EQ(server_.asked("ts09.corp", RecordType::a), 2u);
}

TEST_F(ResolverAnswers, TruncatedAnswerIsFetchedOverTcp) {
  DnsScript many{.truncated_over_udp = true};
  for (int i = 1; i <= 40; ++i) many.records.push_back({"farm.corp", "127.0.1." + std::to_string(i)});
  server_.answer("farm.corp", RecordType::a, many);
  server_.answer("farm.corp", RecordType::aaaa, {});
  const auto found = addresses(resolve(resolver_, "farm.corp"));
  ASSERT_THAT(found, SizeIs(32));
  EXPECT_EQ(found.front(), "127.0.1.1");
  EXPECT_EQ(found.back(), "127.0.1.32");
  EXPECT_EQ(server_.asked_over_tcp(), 1u);
}

TEST_F(ResolverAnswers, RotatedAnswerWithTooManyAddressesGivesTheSameOnes) {
  std::vector<std::string> many;
  for (int i = 1; i <= 40; ++i) many.push_back("127.0.1." + std::to_string(i));
  const std::set<std::string> lowest(many.begin(), many.begin() + 32);
  for (int i = 0; i < 5; ++i) {
    std::ranges::rotate(many, many.begin() + 9);
    server_.has_v4("farm.corp", many, 0);
    const auto found = addresses(resolve(resolver_, "farm.corp"));
    EXPECT_THAT(found, SizeIs(32));
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), lowest);
  }
}

TEST_F(ResolverTest, TruncatedAnswerWithoutTcpServer) {
  FakeDnsServer server(io_, false);
  Resolver resolver(io_.get_executor(), options({server.address()}));
  server.answer_both("farm.corp", {.truncated_over_udp = true});
  EXPECT_EQ(failure(resolve(resolver, "farm.corp")),
            "resolver_failed | no answer for farm.corp: " + server.address() +
                " can't be reached (ECONNREFUSED: Connection refused)");
}

TEST_F(ResolverAnswers, AddressLiteralIsItsOwnAnswer) {
  EXPECT_THAT(addresses(resolve(resolver_, "10.0.0.9")), ElementsAre("10.0.0.9"));
  EXPECT_THAT(addresses(resolve(resolver_, "fd00::9")), ElementsAre("fd00::9"));
  EXPECT_EQ(server_.asked_in_all(), 0u);
}

TEST_F(ResolverAnswers, LocalhostIsAlwaysThisMachine) {
  write("hosts", "10.0.0.1 localhost\n");
  for (const char* name : {"localhost", "LocalHost.", "rds.localhost"})
    EXPECT_THAT(addresses(resolve(resolver_, name)), UnorderedElementsAre("::1", "127.0.0.1"));
  EXPECT_EQ(server_.asked_in_all(), 0u);
}

TEST_F(ResolverAnswers, WhatIsNoHostNameIsNotAsked) {
  EXPECT_EQ(failure(resolve(resolver_, "")), "name_not_found | not a host name: it is empty");
  EXPECT_EQ(failure(resolve(resolver_, "ts09..corp")),
            "name_not_found | not a host name: ts09..corp has an empty label (two dots in a row)");
  EXPECT_EQ(failure(resolve(resolver_, std::string(64, 'a') + ".corp")),
            "name_not_found | not a host name: it has a label of 64 characters, 63 are allowed");
  EXPECT_EQ(server_.asked_in_all(), 0u);
}

TEST_F(ResolverAnswers, NameOfTheGreatestLength) {
  const std::string label(63, 'a');
  const std::string name = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(name.size(), 253u);
  server_.has_v4(name, {"127.0.0.9"});
  EXPECT_THAT(addresses(resolve(resolver_, name)), ElementsAre("127.0.0.9"));
}

}  // namespace
}  // namespace rdpwatch::test
