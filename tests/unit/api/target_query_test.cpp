#include "daemon/api/target_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::variant<TargetQuery, Fault> parse(const std::string& query, const std::string& accept = "") {
  return parse_target_query(http::parse_query(query).value(), accept);
}

TargetQuery query_of(const std::string& query, const std::string& accept = "") {
  auto parsed = parse(query, accept);
  if (const auto* const fault = std::get_if<Fault>(&parsed)) ADD_FAILURE() << fault->what;
  return std::holds_alternative<Fault>(parsed) ? TargetQuery{} : std::get<TargetQuery>(parsed);
}

Fault fault_in_query(const std::string& query) {
  auto parsed = parse(query);
  if (!std::holds_alternative<Fault>(parsed)) {
    ADD_FAILURE() << query << " was taken";
    return {};
  }
  return std::get<Fault>(parsed);
}

TEST(TargetQuery, NothingAskedForIsTheWorstHundred) {
  const auto query = query_of("");
  EXPECT_EQ(query.sort, SortKey::worst);
  EXPECT_FALSE(query.descending);
  EXPECT_EQ(query.page, 1u);
  EXPECT_EQ(query.per_page, 100u);
  EXPECT_FALSE(query.paged);
  EXPECT_FALSE(query.csv);
  EXPECT_THAT(query.states, IsEmpty());
}

TEST(TargetQuery, EveryParameter) {
  const auto query = query_of(
      "state=down&state=flapping&phase=tls&reason=timeout&reason=connection_reset&cause=private_key_"
      "unreadable"
      "&group=a+b&module=tls&site=fra1&label.team=euc&label.team=vdi&q=TS-0%C3%84&sort=-last_run&page=3"
      "&per_page=1000&format=csv");
  EXPECT_THAT(query.states, ElementsAre(fleet::TargetStatus::down, fleet::TargetStatus::flapping));
  EXPECT_THAT(query.phases, ElementsAre(handshake::Phase::tls));
  EXPECT_THAT(query.reasons,
              ElementsAre(handshake::FailureReason::timeout, handshake::FailureReason::connection_reset));
  EXPECT_THAT(query.causes, ElementsAre("private_key_unreadable"));
  EXPECT_THAT(query.groups, ElementsAre("a b"));
  EXPECT_THAT(query.modules, ElementsAre("tls"));
  EXPECT_THAT(query.labels,
              ElementsAre(Pair("site", ElementsAre("fra1")), Pair("team", ElementsAre("euc", "vdi"))));
  EXPECT_EQ(query.text, "ts-0\xC3\x84");
  EXPECT_EQ(query.sort, SortKey::last_run);
  EXPECT_TRUE(query.descending);
  EXPECT_EQ(query.page, 3u);
  EXPECT_EQ(query.per_page, 1000u);
  EXPECT_TRUE(query.paged);
  EXPECT_TRUE(query.csv);
}

TEST(TargetQuery, TheFormatIsTheParametersElseTheHeaders) {
  EXPECT_TRUE(query_of("", "text/csv").csv);
  EXPECT_TRUE(query_of("", "Text/CSV;q=1").csv);
  EXPECT_FALSE(query_of("", "text/html,*/*").csv);
  EXPECT_FALSE(query_of("format=json", "text/csv").csv);
}

TEST(TargetQuery, ASlipIsAFaultAndNeverWidensTheResult) {
  const Fault name = fault_in_query("sate=down");
  EXPECT_EQ(name.status, 400u);
  EXPECT_EQ(name.what, "there is no parameter 'sate' (did you mean 'state'?)");
  EXPECT_THAT(name.allowed, ElementsAre("state", "reason", "phase", "cause", "group", "module", "site", "q",
                                        "sort", "page", "per_page", "format", "label.NAME"));
  EXPECT_EQ(fault_in_query("label.=x").what, "there is no parameter 'label.'");
  EXPECT_EQ(fault_in_query("label.NAME=x&team=x").what, "there is no parameter 'team'");
  const Fault state = fault_in_query("state=dwon");
  EXPECT_EQ(state.what, "state: 'dwon' is not known (did you mean 'down'?)");
  EXPECT_THAT(state.allowed, ElementsAre("up", "down", "flapping", "unknown", "maintenance"));
  EXPECT_EQ(fault_in_query("state=").what, "state: '' is not known");
  EXPECT_EQ(fault_in_query("state=down,up").what, "state: 'down,up' is not known");
}

TEST(TargetQuery, ValuesOfClosedListsAreChecked) {
  EXPECT_THAT(fault_in_query("phase=ssl").allowed, Contains("negotiate"));
  EXPECT_THAT(fault_in_query("reason=reset").allowed, Contains("connection_reset"));
  EXPECT_EQ(fault_in_query("reason=TIMEOUT").what, "reason: 'TIMEOUT' is not known");
  EXPECT_THAT(fault_in_query("cause=x").allowed, Contains("private_key_unreadable"));
  EXPECT_THAT(fault_in_query("sort=age").allowed, Contains("-since"));
  EXPECT_EQ(fault_in_query("sort=--since").what, "sort: '--since' is not known (did you mean '-since'?)");
  EXPECT_THAT(fault_in_query("format=xml").allowed, ElementsAre("json", "csv"));
}

TEST(TargetQuery, PagesAreBounded) {
  const Fault fault = fault_in_query("per_page=0");
  EXPECT_EQ(fault.what, "per_page: must be a whole number, not '0'");
  EXPECT_THAT(fault.allowed, ElementsAre("1 to 1000"));
  for (const auto* const query : {"per_page=1001", "per_page=", "per_page=1.5", "per_page=-1", "per_page=+1",
                                  "per_page=99999999999999999999999", "page=0", "page=1000001", "page=x"})
    EXPECT_EQ(fault_in_query(query).status, 400u) << query;
  EXPECT_EQ(fault_in_query("page=1&page=2").what, "page: may be given only once");
}

TEST(TargetQuery, WhatEveryEndpointIsHeldAgainstIsBounded) {
  EXPECT_EQ(fault_in_query("q=" + std::string(129, 'a')).what, "'q': the value is longer than 128 bytes");
  EXPECT_EQ(fault_in_query("group=" + std::string(1025, 'a')).what,
            "'group': the value is longer than 1024 bytes");
  std::string many = "group=a";
  for (int i = 0; i < 64; ++i) many += "&group=a";
  EXPECT_EQ(fault_in_query(many).what, "there are more than 64 parameters");
}

}  // namespace
}  // namespace rdpwatch::api
