#include "daemon/cli/named_targets.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "daemon/inventory/build_targets.hpp"

namespace rdpwatch::cli {
namespace {

using namespace std::chrono_literals;

class NamedTargets : public testing::Test {
 protected:
  NamedTargets() {
    settings_.modules = config::built_in_modules();
    config::TargetSettings target;
    std::string fault;
    EXPECT_TRUE(config::parse_target("ts09:3389", target, fault)) << fault;
    config::GroupSettings group;
    group.group = "rdsh";
    group.module = "nla";
    group.timeout = 7s;
    inventory::TargetBuilder builder(settings_, group);
    inventory_.emplace("ts09:3389", builder.build(target, inventory::kStaticSource));
  }

  std::optional<handshake::ProbePlan> plan(const NamedTarget& named) {
    return plan_of_named_target(named, settings_, inventory_, fault_);
  }

  config::Settings settings_;
  inventory::Snapshot inventory_;
  std::string fault_;
};

TEST_F(NamedTargets, a_known_one_keeps_its_own_plan) {
  const auto found = plan({"TS09", "", ""});
  ASSERT_TRUE(found) << fault_;
  EXPECT_EQ(found->target, "ts09:3389");
  EXPECT_EQ(found->group, "rdsh");
  EXPECT_EQ(found->module, "nla");
  EXPECT_EQ(found->timeout, 7s);
}

TEST_F(NamedTargets, flags_change_what_they_name) {
  const auto quick = plan({"ts09", "", "3s"});
  ASSERT_TRUE(quick);
  EXPECT_EQ(quick->module, "nla");
  EXPECT_EQ(quick->timeout, 3s);
  const auto other = plan({"ts09", "tcp", "3s"});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->group, "rdsh");
  EXPECT_EQ(other->module, "tcp");
  EXPECT_EQ(other->timeout, 3s);
}

TEST_F(NamedTargets, an_unknown_one_is_probed_as_tls) {
  const auto found = plan({"ts10:3390", "", ""});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->target, "ts10:3390");
  EXPECT_EQ(found->group, "");
  EXPECT_EQ(found->module, "tls");
}

TEST_F(NamedTargets, faults) {
  EXPECT_FALSE(plan({"ts09", "fast", ""}));
  EXPECT_EQ(fault_, "module \"fast\" is not known, allowed: licensing, negotiate, nla, tcp, tls");
  fault_.clear();
  EXPECT_FALSE(plan({"ts09:99999", "", ""}));
  EXPECT_EQ(fault_,
            "target 'ts09:99999': the port is not a number from 1 to 65535, allowed: host, host:port, an IP "
            "address or [IPv6]:port");
}

}  // namespace
}  // namespace rdpwatch::cli
