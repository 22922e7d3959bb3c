#include "daemon/api/target_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::api {
namespace {

using namespace fleet::test;
using fleet::TargetState;
using fleet::TargetStatus;
using testing::ElementsAre;
using testing::IsEmpty;

TargetState failed(const std::string& name, std::int64_t since, handshake::Phase phase,
                   handshake::FailureReason reason, std::vector<std::string_view> causes = {}) {
  TargetState state = down(name, since);
  state.last_result = std::make_shared<const handshake::ProbeResult>(failure(phase, reason));
  diagnosis::Diagnosis diagnosis;
  for (const auto id : causes) diagnosis.causes.push_back({id, diagnosis::Likelihood::likely, {}, {}});
  state.diagnosis = std::make_shared<const diagnosis::Diagnosis>(std::move(diagnosis));
  return state;
}

TargetState with_status(TargetState state, TargetStatus status, std::int64_t since) {
  state.status = status;
  state.status_since = at(since);
  return state;
}

TargetState with_host(TargetState state, const std::string& computer) {
  handshake::HostFacts host;
  host.dns_computer = computer;
  state.host = std::make_shared<const handshake::HostFacts>(std::move(host));
  return state;
}

TargetState with_duration(TargetState state, int milliseconds_taken) {
  auto result = success();
  result.duration = milliseconds(milliseconds_taken);
  state.last_result = std::make_shared<const handshake::ProbeResult>(std::move(result));
  return state;
}

std::vector<fleet::StatePtr> mixed_fleet() {
  using handshake::FailureReason;
  using handshake::Phase;
  return fleet_of(
      {failed("a1", 500, Phase::tls, FailureReason::connection_reset,
              {"private_key_unreadable", "no_common_tls", "inline_device_cuts_tls", "server_stalled"}),
       failed("a2", 300, Phase::connect, FailureReason::timeout),
       with_label(with_host(up("a3", "b"), "TS-Alpha.corp.example.com"), "site", "fra1"),
       with_label(at_address(up("a4", "b"), "10.1.2.3:3389"), "site", "ams1"),
       with_status(up("a5", "c"), TargetStatus::flapping, 700), unknown("a6", "c"),
       failed("a7", 300, Phase::tls, FailureReason::timeout)});
}

struct Shown {
  std::size_t total = 0;
  std::vector<std::string> names;
};

Shown show(const std::vector<fleet::StatePtr>& fleet, const std::string& query) {
  const auto parsed = parse_target_query(http::parse_query(query).value(), "");
  if (const auto* const fault = std::get_if<Fault>(&parsed)) {
    ADD_FAILURE() << fault->what;
    return {};
  }
  const auto page = select_page(fleet, std::get<TargetQuery>(parsed), at(kLastRun));
  Shown shown{page.total, {}};
  for (const auto& state : page.rows) shown.names.push_back(state->key.target);
  return shown;
}

std::vector<std::string> names(const std::string& query) {
  return show(mixed_fleet(), query).names;
}

TEST(TargetPage, TheWorstFirstAndWithinAStateTheLongest) {
  EXPECT_THAT(names(""), ElementsAre("a2", "a7", "a1", "a5", "a6", "a3", "a4"));
  EXPECT_THAT(names("sort=worst"), ElementsAre("a2", "a7", "a1", "a5", "a6", "a3", "a4"));
  EXPECT_THAT(names("sort=-worst"), ElementsAre("a3", "a4", "a6", "a5", "a1", "a2", "a7"));
  EXPECT_THAT(names("sort=state"), ElementsAre("a1", "a2", "a7", "a5", "a6", "a3", "a4"));
}

TEST(TargetPage, FiltersOfOneNameAddAndOfSeveralNarrow) {
  EXPECT_THAT(names("state=down"), ElementsAre("a2", "a7", "a1"));
  EXPECT_THAT(names("state=up&state=flapping"), ElementsAre("a5", "a3", "a4"));
  EXPECT_THAT(names("phase=tls"), ElementsAre("a7", "a1"));
  EXPECT_THAT(names("phase=tls&reason=timeout"), ElementsAre("a7"));
  EXPECT_THAT(names("reason=timeout"), ElementsAre("a2", "a7"));
  EXPECT_THAT(names("group=b&group=c"), ElementsAre("a5", "a6", "a3", "a4"));
  EXPECT_THAT(names("group=b&state=down"), IsEmpty());
  EXPECT_THAT(names("module=nla"), IsEmpty());
}

TEST(TargetPage, ACauseIsFoundAmongThoseThatAreShown) {
  EXPECT_THAT(names("cause=no_common_tls"), ElementsAre("a1"));
  EXPECT_THAT(names("cause=inline_device_cuts_tls"), ElementsAre("a1"));
  EXPECT_THAT(names("cause=server_stalled"), IsEmpty());  // the fourth
}

TEST(TargetPage, FindingsSecurityAndBuild) {
  auto result = success();
  result.findings = {"legacy_tls"};
  result.negotiation.emplace();
  result.negotiation->requested = 0x0B;
  result.negotiation->selected = 0x01;
  auto weak = up("w");
  weak.last_result = std::make_shared<const handshake::ProbeResult>(std::move(result));
  auto old = with_host(up("o"), "o");
  auto host = *old.host;
  host.os_build = "6.3.9600";
  old.host = std::make_shared<const handshake::HostFacts>(std::move(host));
  auto changed = up("x");
  changed.unexpected_change = std::make_shared<const fleet::UnexpectedChange>(
      fleet::UnexpectedChange{at(kLastRun - 3600), "another CA"});
  const auto fleet = fleet_of({weak, old, changed});
  EXPECT_THAT(show(fleet, "finding=legacy_tls").names, ElementsAre("w"));
  EXPECT_THAT(show(fleet, "finding=legacy_tls&finding=certificate_changed").names, ElementsAre("w", "x"));
  EXPECT_THAT(show(fleet, "finding=clock_skew").names, IsEmpty());
  EXPECT_THAT(show(fleet, "security=nla_not_offered").names, ElementsAre("w"));
  EXPECT_THAT(show(fleet, "security=nla_not_observed").names, ElementsAre("o", "x"));
  EXPECT_THAT(show(fleet, "os_build=6.3.9600").names, ElementsAre("o"));
}

TEST(TargetPage, Labels) {
  EXPECT_THAT(names("site=fra1"), ElementsAre("a3"));
  EXPECT_THAT(names("label.site=fra1&label.site=ams1"), ElementsAre("a3", "a4"));
  EXPECT_THAT(names("site=fra1&label.team=euc"), IsEmpty());
  EXPECT_THAT(names("site="), IsEmpty());
}

TEST(TargetPage, TextIsSoughtInTargetAddressAndHostName) {
  EXPECT_THAT(names("q=A4"), ElementsAre("a4"));
  EXPECT_THAT(names("q=10.1.2"), ElementsAre("a4"));
  EXPECT_THAT(names("q=ts-alpha"), ElementsAre("a3"));
  EXPECT_THAT(names("q=fra1"), IsEmpty());
  EXPECT_EQ(show(mixed_fleet(), "q=").total, 7u);
}

TEST(TargetPage, OtherOrders) {
  EXPECT_THAT(names("sort=target"), ElementsAre("a1", "a2", "a3", "a4", "a5", "a6", "a7"));
  EXPECT_THAT(names("sort=-target"), ElementsAre("a7", "a6", "a5", "a4", "a3", "a2", "a1"));
  EXPECT_THAT(names("sort=-group"), ElementsAre("a5", "a6", "a3", "a4", "a1", "a2", "a7"));
  EXPECT_THAT(names("sort=since&state=down&state=flapping"), ElementsAre("a2", "a7", "a1", "a5"));
}

TEST(TargetPage, WhatHasNoValueComesLastInBothDirections) {
  const auto fleet = fleet_of({with_duration(with_certificate(up("b1"), "CA", 30), 40), unknown("b2"),
                               with_duration(with_certificate(up("b3"), "CA", 10), 90),
                               with_certificate(up("b4"), "CA", 10)});
  EXPECT_THAT(show(fleet, "sort=days_to_expiry").names, ElementsAre("b3", "b4", "b1", "b2"));
  EXPECT_THAT(show(fleet, "sort=-days_to_expiry").names, ElementsAre("b1", "b3", "b4", "b2"));
  EXPECT_THAT(show(fleet, "sort=duration").names, ElementsAre("b1", "b3", "b2", "b4"));
  EXPECT_THAT(show(fleet, "sort=-duration").names, ElementsAre("b3", "b1", "b2", "b4"));
  EXPECT_THAT(show(fleet, "sort=last_run").names, ElementsAre("b1", "b3", "b4", "b2"));
}

TEST(TargetPage, PagesTogetherAreTheWholeInOrder) {
  const auto fleet = fleet_of(numbered(1, 25, [](const std::string& name) {
    return down(name, name < "ts13" ? 100 : 50);  // two long ties
  }));
  const auto all = show(fleet, "per_page=1000").names;
  ASSERT_EQ(all.size(), 25u);
  EXPECT_EQ(all.front(), "ts13");
  EXPECT_EQ(all.back(), "ts12");
  std::vector<std::string> together;
  for (int page = 1; page <= 4; ++page) {
    const auto shown = show(fleet, "per_page=7&page=" + std::to_string(page));
    EXPECT_EQ(shown.total, 25u);
    EXPECT_EQ(shown.names.size(), page < 4 ? 7u : 4u);
    together.insert(together.end(), shown.names.begin(), shown.names.end());
  }
  EXPECT_EQ(together, all);
  EXPECT_THAT(show(fleet, "per_page=7&page=5").names, IsEmpty());
  EXPECT_THAT(show(fleet, "page=1000000&per_page=1000").names, IsEmpty());
  EXPECT_EQ(show({}, "").total, 0u);
}

TEST(TargetPage, CsvWithoutAPageHasAllRows) {
  const auto fleet = fleet_of(numbered(1, 250, [](const std::string& name) { return up(name); }));
  EXPECT_EQ(show(fleet, "format=csv").names.size(), 250u);
  EXPECT_EQ(show(fleet, "format=csv&page=3").names.size(), 50u);
  EXPECT_EQ(show(fleet, "format=csv&per_page=10").names.size(), 10u);
  EXPECT_EQ(show(fleet, "").names.size(), 100u);
}

}  // namespace
}  // namespace rdpwatch::api
