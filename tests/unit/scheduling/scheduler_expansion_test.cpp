#include <gtest/gtest.h>

#include "tests/unit/scheduling/scheduler_fixture.hpp"

namespace rdpwatch::scheduling {
namespace {

using namespace std::chrono_literals;
using fleet::TargetStatus;
using handshake::Depth;
using handshake::FailureReason;
using handshake::Phase;

using Addresses = std::vector<std::string>;
const auto kNoSuchName = failed(Phase::resolve, FailureReason::name_not_found);

handshake::ProbeResult resolving_to(Addresses addresses, handshake::ProbeResult result = succeeded()) {
  result.addresses = std::move(addresses);
  return result;
}

inventory::Target expanded(const std::string& name, milliseconds interval = 20ms) {
  auto target = make_target(name, interval);
  target.expand_addresses = true;
  return target;
}

class ExpansionTest : public SchedulerTest {
 protected:
  Addresses endpoints() {
    Addresses addresses;
    for (const auto& state : store_.snapshot()) addresses.push_back(state->key.address);
    return addresses;
  }
  bool eventually_endpoints(const Addresses& wanted) {
    return eventually([&] { return endpoints() == wanted; });
  }
};

TEST_F(ExpansionTest, EachAddressBecomesAnEndpoint) {
  const Addresses both{"10.0.0.9", "fd00::9"};
  prober_.script("a:3389 ?", {resolving_to(both)});
  prober_.script("a:3389 10.0.0.9", {resolving_to(both)});
  prober_.script("a:3389 fd00::9", {resolving_to(both, failed(Phase::connect, FailureReason::timeout))});
  start({.confirm_attempts = 1});
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389", "10.0.0.9") >= 2 && runs("a:3389", "fd00::9") >= 2; }));
  EXPECT_EQ(endpoints(), both) << "the endpoint without an address is gone";
  EXPECT_EQ(state("a:3389", "10.0.0.9")->status, TargetStatus::up);
  EXPECT_EQ(state("a:3389", "fd00::9")->status, TargetStatus::down);

  EXPECT_EQ(prober_.count("a:3389 ?"), 1u);
  EXPECT_EQ(prober_.plans("a:3389 ?").front().depth, Depth::resolve);
  const auto plan = prober_.plans("a:3389 10.0.0.9").front();
  EXPECT_EQ(plan.depth, Depth::tls);
  EXPECT_EQ(plan.pinned_address, "10.0.0.9");
  EXPECT_EQ(observer_.attempts("a:3389").size(),
            prober_.count("a:3389 10.0.0.9") + prober_.count("a:3389 fd00::9"))
      << "a look-up is no attempt";
}

TEST_F(ExpansionTest, TheAddressesFirstRunIsPrompt) {
  prober_.script("a:3389 ?", {kNoSuchName, resolving_to({"10.0.0.1"})});
  start();
  apply({expanded("a:3389", 300ms)});
  ASSERT_TRUE(eventually([&] { return prober_.count("a:3389 10.0.0.1") >= 1; }));
  EXPECT_LT(prober_.starts("a:3389 10.0.0.1").front() - prober_.starts("a:3389 ?").at(1), 150ms);
}

TEST_F(ExpansionTest, ANameThatDoesNotResolveFailsAsTheTarget) {
  prober_.script("a:3389 ?", {kNoSuchName});
  start();
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 2; }));
  EXPECT_EQ(state("a:3389")->status, TargetStatus::down);
  EXPECT_EQ(state("a:3389")->last_result->failure->reason, FailureReason::name_not_found);
  EXPECT_EQ(state("a:3389")->attempts_total, state("a:3389")->probes_total);
}

TEST_F(ExpansionTest, LaterLookUpsAddAndRemoveEndpoints) {
  prober_.script("a:3389 ?", {resolving_to({"10.0.0.1", "10.0.0.2"})});
  prober_.script("a:3389 10.0.0.1", {resolving_to({"10.0.0.1", "10.0.0.3"})});
  prober_.script("a:3389 10.0.0.3", {resolving_to({"10.0.0.1", "10.0.0.3"})});
  prober_.block("a:3389 10.0.0.2");
  start({}, 1);
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually_endpoints({"10.0.0.1", "10.0.0.3"}));
  EXPECT_TRUE(eventually([&] { return runs("a:3389", "10.0.0.3") >= 1; }));
  EXPECT_TRUE(eventually([&] { return prober_.cancelled() == 1 || prober_.count("a:3389 10.0.0.2") == 0; }));
}

TEST_F(ExpansionTest, AnIncompleteLookUpAddsAndRemovesNothing) {
  const auto incomplete = [](handshake::ProbeResult result) {
    result.addresses_complete = false;
    return result;
  };
  prober_.script("a:3389 ?", {resolving_to({"10.0.0.1", "fd00::1"})});
  prober_.script("a:3389 10.0.0.1", {incomplete(resolving_to({"10.0.0.1", "10.0.0.2"}))});
  prober_.block("a:3389 10.0.0.2");
  prober_.block("a:3389 fd00::1");
  start({}, 1);
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389", "10.0.0.1") >= 3; }));
  ASSERT_TRUE(eventually([&] { return prober_.blocked() == 2; }));
  EXPECT_EQ(prober_.count("a:3389 fd00::1"), 1u);
  EXPECT_EQ(prober_.count("a:3389 10.0.0.2"), 1u);
  EXPECT_EQ(prober_.cancelled(), 0);
  EXPECT_TRUE(has("a:3389", "fd00::1"));
  EXPECT_FALSE(has("a:3389")) << "the endpoint without an address is gone";
}

TEST_F(ExpansionTest, ATargetsFirstLookUpMayBeIncomplete) {
  auto found = resolving_to({"10.0.0.1"});
  found.addresses_complete = false;
  prober_.script("a:3389 ?", {found});
  start();
  apply({expanded("a:3389")});
  EXPECT_TRUE(eventually_endpoints({"10.0.0.1"}));
}

TEST_F(ExpansionTest, IncompleteLookUpsDoNotAddBeyondTheBound) {
  Addresses many;
  for (int i = 0; i < 32; ++i) many.push_back("10.0.1." + std::to_string(100 + i));
  auto others = resolving_to({"10.0.0.1", "10.0.1.100"});
  others.addresses_complete = false;
  prober_.script("a:3389 ?", {resolving_to(many)});
  for (const auto& address : many) prober_.script("a:3389 " + address, {others});
  start();
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389", "10.0.1.100") >= 3; }));
  EXPECT_EQ(endpoints(), many);
  EXPECT_EQ(prober_.count("a:3389 10.0.0.1"), 0u);
}

TEST_F(ExpansionTest, AFailingLookUpKeepsTheKnownEndpoints) {
  const Addresses both{"10.0.0.1", "10.0.0.2"};
  prober_.script("a:3389 ?", {resolving_to(both)});
  prober_.script("a:3389 10.0.0.1", {resolving_to(both), kNoSuchName});
  prober_.script("a:3389 10.0.0.2", {resolving_to(both), kNoSuchName});
  start({.confirm_attempts = 1});
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually([&] {
    return has("a:3389", "10.0.0.1") && state("a:3389", "10.0.0.1")->status == TargetStatus::down &&
           has("a:3389", "10.0.0.2") && state("a:3389", "10.0.0.2")->status == TargetStatus::down;
  }));
  EXPECT_EQ(endpoints(), both);
}

TEST_F(ExpansionTest, AnAddressThatIsGoneTakesItsEndpointWithIt) {
  const Addresses both{"10.0.0.1", "10.0.0.2"};
  prober_.script("a:3389 ?", {resolving_to(both)});
  prober_.script("a:3389 10.0.0.1", {resolving_to({}, succeeded())});
  prober_.script("a:3389 10.0.0.2", {abandoned("address_gone")});
  start();
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually_endpoints({"10.0.0.1"}));
  EXPECT_EQ(observer_.skips(), (std::map<std::string, int>{}));
}

TEST_F(ExpansionTest, WhenTheLastAddressIsGoneTheTargetIsLookedUpAgain) {
  prober_.script("a:3389 ?", {resolving_to({"10.0.0.1"}), kNoSuchName});
  prober_.script("a:3389 10.0.0.1", {abandoned("address_gone")});
  start();
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually([&] { return runs("a:3389") >= 1; }));
  EXPECT_EQ(endpoints(), (Addresses{""}));
}

TEST_F(ExpansionTest, AnAddressThatChangesWithEachLookUpIsFollowedOnceAnInterval) {
  prober_.script("a:3389 ?", {resolving_to({"10.0.0.1"})});
  prober_.script("a:3389 10.0.0.1", {resolving_to({"10.0.0.2"}, abandoned("address_gone"))});
  prober_.script("a:3389 10.0.0.2", {resolving_to({"10.0.0.1"}, abandoned("address_gone"))});
  start();
  apply({expanded("a:3389", 200ms)});
  ASSERT_TRUE(eventually([&] { return prober_.count("a:3389 10.0.0.2") >= 3; }));
  const auto starts = prober_.starts("a:3389 10.0.0.2");
  EXPECT_GE(starts.at(2) - starts.at(0), 300ms);
}

TEST_F(ExpansionTest, TheNumberOfAddressesIsBounded) {
  Addresses many;
  for (int i = 0; i < 100; ++i) many.push_back("10.0.1." + std::to_string(100 + i));
  prober_.script("a:3389 ?", {resolving_to(many)});
  start();
  apply({expanded("a:3389")});
  many.resize(32);
  EXPECT_TRUE(eventually_endpoints(many));
}

TEST_F(ExpansionTest, AnAddressInTheInventoryIsNotExpanded) {
  auto target = expanded("10.0.0.1:3389");
  target.host_is_literal = true;
  start();
  apply({target});
  ASSERT_TRUE(eventually([&] { return runs("10.0.0.1:3389") >= 1; }));
  EXPECT_EQ(prober_.plans("10.0.0.1:3389").front().depth, Depth::tls);
}

TEST_F(ExpansionTest, ReloadSwitchesExpansionOffAndOn) {
  prober_.script("a:3389 ?", {resolving_to({"10.0.0.1", "10.0.0.2"})});
  start();
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually_endpoints({"10.0.0.1", "10.0.0.2"}));
  apply({make_target("a:3389")});
  ASSERT_TRUE(eventually_endpoints({""}));
  apply({expanded("a:3389")});
  ASSERT_TRUE(eventually_endpoints({"10.0.0.1", "10.0.0.2"}));
  auto relabelled = expanded("a:3389");
  relabelled.labels["site"] = "fra1";
  apply({relabelled});
  ASSERT_TRUE(eventually([&] {
    return state("a:3389", "10.0.0.1")->target->labels.contains("site") &&
           state("a:3389", "10.0.0.2")->target->labels.contains("site");
  }));
  apply({});
  EXPECT_TRUE(eventually_endpoints({}));
}

}  // namespace
}  // namespace rdpwatch::scheduling
