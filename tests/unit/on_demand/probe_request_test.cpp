#include "daemon/on_demand/probe_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/http/query_string.hpp"
#include "daemon/inventory/build_targets.hpp"

namespace rdpwatch::on_demand {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class ProbeRequestTest : public testing::Test {
 protected:
  ProbeRequestTest() {
    settings_.modules = config::built_in_modules();
    config::GroupSettings group;
    group.group = "rdsh";
    group.module = "nla";
    group.timeout = milliseconds(4000);
    config::TargetSettings target;
    std::string why;
    EXPECT_TRUE(config::parse_target("ts01.example.com", target, why)) << why;
    const auto built = inventory::TargetBuilder(settings_, group).build(target, "static");
    inventory_.emplace(built->name, built);
  }

  std::variant<ProbeRequest, http::Response> read(const std::string& query, const std::string& timeout = "") {
    http::Request request;
    request.query = query;
    request.scrape_timeout = timeout;
    return read_probe_request(request, settings_, inventory_);
  }

  ProbeRequest granted(const std::string& query, const std::string& timeout = "") {
    auto answer = read(query, timeout);
    if (const auto* const refused = std::get_if<http::Response>(&answer)) {
      ADD_FAILURE() << refused->body;
      return {};
    }
    return std::get<ProbeRequest>(answer);
  }

  /// "400 what is wrong"
  std::string refused(const std::string& query, const std::string& timeout = "") {
    const auto answer = read(query, timeout);
    const auto* const response = std::get_if<http::Response>(&answer);
    return response == nullptr ? "granted" : std::to_string(response->status) + " " + response->body;
  }

  config::Settings settings_;
  inventory::Snapshot inventory_;
};

TEST_F(ProbeRequestTest, ATargetOfTheInventoryIsProbedAsTheInventorySays) {
  const ProbeRequest probe = granted("target=ts01.example.com");
  EXPECT_EQ(probe.module, "nla");
  EXPECT_EQ(probe.order.plan.target, "ts01.example.com:3389");
  EXPECT_EQ(probe.order.plan.group, "rdsh");
  EXPECT_EQ(probe.order.plan.timeout, seconds(4));
  EXPECT_FALSE(probe.order.into_networks);
  EXPECT_FALSE(probe.debug);
  EXPECT_EQ(probe.target, inventory_.at("ts01.example.com:3389"));
}

TEST_F(ProbeRequestTest, AnotherModuleKeepsTheTargetsGroupAndTimeout) {
  const ProbeRequest probe = granted("target=ts01.example.com:3389&module=negotiate&debug=true");
  EXPECT_EQ(probe.module, "negotiate");
  EXPECT_EQ(probe.order.plan.depth, handshake::Depth::negotiate);
  EXPECT_EQ(probe.order.plan.group, "rdsh");
  EXPECT_EQ(probe.order.plan.timeout, seconds(4));
  EXPECT_TRUE(probe.debug);
}

TEST_F(ProbeRequestTest, TheCertificateIsHeldAgainstTheHostname) {
  EXPECT_EQ(granted("target=ts01.example.com&hostname=Farm.Example.com").order.plan.server_name,
            "farm.example.com");
  EXPECT_EQ(refused("target=ts01.example.com&hostname=10.0.0.1"),
            "400 hostname \"10.0.0.1\" is not allowed; allowed: a host name without a port\n");
  EXPECT_EQ(refused("target=ts01.example.com&hostname=a:1"),
            "400 hostname \"a:1\" is not allowed; allowed: a host name without a port\n");
}

TEST_F(ProbeRequestTest, TheScrapesTimeWithoutTheOffsetBoundsTheProbe) {
  EXPECT_EQ(granted("target=ts01.example.com", "3").order.plan.timeout, milliseconds(2500));
  EXPECT_EQ(granted("target=ts01.example.com", "3").budget, milliseconds(2750));
  // The module's is the smaller one; what is left of the scrape may be spent on waiting for our limits.
  EXPECT_EQ(granted("target=ts01.example.com", "30").order.plan.timeout, seconds(4));
  EXPECT_EQ(granted("target=ts01.example.com", "30").budget, milliseconds(29750));
  EXPECT_EQ(granted("target=ts01.example.com").budget, milliseconds(14250));
  EXPECT_EQ(granted("target=ts01.example.com", "0.75").order.plan.timeout, milliseconds(250));
}

TEST_F(ProbeRequestTest, ATimeThatCantBeUsedIsRefused) {
  for (const std::string bad : {"0.5", "0", "-3", "nan", "inf", "x", "3s", "86401", " 3"}) {
    EXPECT_THAT(refused("target=ts01.example.com", bad), HasSubstr("allowed: a number of seconds above 0.5"))
        << bad;
  }
}

TEST_F(ProbeRequestTest, WhatIsWrongIsSaidWithWhatIsAllowed) {
  EXPECT_THAT(refused(""), HasSubstr("400 the parameter target is missing; allowed: /probe?target="));
  EXPECT_THAT(refused("target="), HasSubstr("400 the parameter target is missing"));
  EXPECT_THAT(refused("target=rdp://x"), HasSubstr("400 "));
  EXPECT_EQ(refused("target=ts01.example.com&module=icmp"),
            "400 module \"icmp\" is not known; allowed: licensing, negotiate, nla, tcp, tls\n");
  EXPECT_EQ(refused("target=ts01.example.com&debug=1"),
            "400 debug \"1\" is not allowed; allowed: true or false\n");
  EXPECT_EQ(refused("target=ts01.example.com&target=x"),
            "400 the parameter target is there twice; allowed: once\n");
  EXPECT_EQ(refused("target=%zz"), "400 " + std::string(http::kBadQuery) + "\n");
}

TEST_F(ProbeRequestTest, AStrangerIsRefused) {
  EXPECT_THAT(refused("target=ts02.example.com"),
              HasSubstr("403 ts02.example.com:3389 is not in the inventory; allowed: "));
  // A port of a host that is in the inventory is another target.
  EXPECT_THAT(refused("target=ts01.example.com:22"), HasSubstr("403 ts01.example.com:22 is not in"));
}

TEST_F(ProbeRequestTest, TheConfigurationMayAllowMore) {
  settings_.web.probe_allow = {"10.0.0.0/8", "*.lab.example.com:3390"};
  const ProbeRequest literal = granted("target=10.1.2.3");
  EXPECT_EQ(literal.module, "tls");
  EXPECT_EQ(literal.order.plan.group, "");
  EXPECT_EQ(literal.order.plan.timeout, seconds(10));
  EXPECT_FALSE(literal.order.into_networks);
  EXPECT_FALSE(granted("target=a.lab.example.com:3390").order.into_networks);
  EXPECT_TRUE(granted("target=elsewhere.example.com").order.into_networks);
  EXPECT_THAT(refused("target=192.0.2.1"), HasSubstr("403 "));
}

}  // namespace
}  // namespace rdpwatch::on_demand
