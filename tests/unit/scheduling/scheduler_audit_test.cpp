// Audits in the daemon.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/scheduling/scheduler_fixture.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using handshake::Acceptance;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::Verdict;

inventory::Target audited_target(milliseconds interval = 20ms, const std::string& name = "a:3389") {
  inventory::Target target = make_target(name);
  target.audit_interval = interval;
  return target;
}

/// A host that chooses standard RDP security whatever it is asked.
ProbeResult chooses_rdp() {
  ProbeResult result = succeeded();
  result.connections = 1;
  result.address = "10.0.0.9:3389";
  result.negotiation.emplace();
  result.negotiation->selected = 0;
  return result;
}

TEST_F(SchedulerTest, AuditsATargetThatIsUpAgainAndAgain) {
  prober_.script("a:3389 question", {chooses_rdp()});
  start(quick());
  apply({audited_target()});
  ASSERT_TRUE(eventually([&] { return observer_.audits().size() >= 2; }));
  const auto audit = state("a:3389")->audit;
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->connections, 5);
  EXPECT_EQ(audit->nla_required, false);
  EXPECT_EQ(accepts(*audit, 0u), Acceptance::yes);
  EXPECT_GE(runs("a:3389"), 2u) << "the schedule goes on";
  EXPECT_EQ(prober_.most_at_once("a:3389 question"), 1);
}

TEST_F(SchedulerTest, WithoutAnIntervalNothingIsAudited) {
  start(quick());
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 3; }));
  EXPECT_EQ(prober_.count("a:3389 question"), 0u);
}

TEST_F(SchedulerTest, AHostThatIsDownIsNotAudited) {
  prober_.script("a:3389", {failed(Phase::connect, FailureReason::connection_refused)});
  start(quick());
  apply({audited_target()});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 3; }));
  EXPECT_EQ(prober_.count("a:3389 question"), 0u);
}

TEST_F(SchedulerTest, AnAuditThatFailsKeepsWhatIsKnown) {
  ProbeResult gone = failed(Phase::connect, FailureReason::timeout);
  std::vector<ProbeResult> results(5, chooses_rdp());
  results.push_back(gone);
  prober_.script("a:3389 question", results);
  start(quick());
  apply({audited_target()});
  ASSERT_TRUE(eventually([&] { return observer_.audits().size() >= 2; }));
  EXPECT_EQ(observer_.audits()[1].verdict, Verdict::failure);
  EXPECT_EQ(state("a:3389")->audit->nla_required, false);
  EXPECT_EQ(state("a:3389")->status, fleet::TargetStatus::up) << "an audit is no run";
}

TEST_F(SchedulerTest, ARemovedTargetsAuditIsCutOff) {
  prober_.block("a:3389 question");
  start(quick());
  apply({audited_target()});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  apply({});
  ASSERT_TRUE(eventually([&] { return prober_.cancelled() == 1; }));
  EXPECT_FALSE(has("a:3389"));
  EXPECT_TRUE(observer_.audits().empty());
}

TEST_F(SchedulerTest, StoppingCutsAuditsOff) {
  prober_.block("a:3389 question");
  start(quick());
  apply({audited_target()});
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 1; }));
  scheduler_->stop();
  EXPECT_EQ(prober_.cancelled(), 1);
}

TEST_F(SchedulerTest, TheFirstAuditsFollowTheFirstRunsAQuarterOfASecondApart) {
  std::vector<inventory::Target> targets;
  for (const char* name : {"a:3389", "b:3389", "c:3389"}) {
    prober_.script(std::string(name) + " question", {chooses_rdp()});
    targets.push_back(audited_target(24h, name));
  }
  start(quick(), 1);
  apply(targets);
  ASSERT_TRUE(eventually([&] { return observer_.audits().size() == 3; }));
  std::vector<handshake::TimePoint> begins;
  for (const auto& target : targets) begins.push_back(prober_.starts(target.name + " question").front());
  std::ranges::sort(begins);
  EXPECT_GE(begins[2] - begins[0], 250ms) << "500 ms; the first one may have begun late";
}

TEST_F(SchedulerTest, AnotherIntervalIsNoReasonToAuditAtOnce) {
  prober_.script("a:3389 question", {chooses_rdp()});
  start(quick());
  apply({audited_target(24h)});
  ASSERT_TRUE(eventually([&] { return observer_.audits().size() == 1; }));
  apply({audited_target(20 * 24h)});
  const auto before = runs("a:3389");
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= before + 3; }));
  EXPECT_EQ(observer_.audits().size(), 1u);
  apply({make_target("a:3389")});
  apply({audited_target(24h)});
  ASSERT_TRUE(eventually([&] { return observer_.audits().size() == 2; })) << "turned off and on again";
}

}  // namespace
}  // namespace rdpwatch::scheduling
