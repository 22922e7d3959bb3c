#include "daemon/on_demand/probe_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/inventory/build_targets.hpp"
#include "tests/unit/http/loopback.hpp"
#include "tests/unit/on_demand/fake_watched_probe.hpp"

namespace rdpwatch::on_demand {
namespace {

using namespace test;
using http::test::Answer;
using http::test::Client;
using http::test::Running;
using testing::HasSubstr;
using testing::Not;

class ProbeRoutesTest : public testing::Test {
 protected:
  ProbeRoutesTest() {
    auto settings = std::make_shared<config::Settings>();
    settings->modules = config::built_in_modules();
    config::TargetSettings target;
    std::string why;
    EXPECT_TRUE(config::parse_target("ts01", target, why)) << why;
    const config::GroupSettings group;
    auto inventory = std::make_shared<inventory::Snapshot>();
    inventory->emplace("ts01:3389", inventory::TargetBuilder(*settings, group).build(target, "static"));
    routes_.set_settings(settings);
    routes_.set_inventory(inventory);
  }

  static http::Router router_of(ProbeRoutes& routes) {
    http::Router router;
    routes.add_to(router);
    return router;
  }

  void ends_as(ProbeResult (*result)(const ProbePlan&)) { fake_.answer = result; }

  FakeProbe fake_;
  metrics::SelfMetrics self_{{}};
  OnDemandProber prober_{fake_.factory()};
  ProbeRoutes routes_{prober_, self_, [](const handshake::Failure&) { return "0x904/0x7"; }};
  Running server_{router_of(routes_)};
  Client client_{server_.endpoint};
};

TEST_F(ProbeRoutesTest, AHealthyHost) {
  const Answer answer = client_.get("/probe?target=ts01");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  EXPECT_THAT(answer.body, HasSubstr("\nprobe_success 1\n"));
  EXPECT_THAT(answer.body, HasSubstr("\nprobe_timeout_seconds 10\n"));
}

TEST_F(ProbeRoutesTest, AFailedProbeIsAnAnswerToo) {
  ends_as(failure);
  const Answer answer = client_.get("/probe?target=ts01");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("\nprobe_success 0\n"));
}

TEST_F(ProbeRoutesTest, WhatCantBeUnderstoodAndWhatIsNotAllowed) {
  EXPECT_EQ(client_.get("/probe").status, 400);
  EXPECT_EQ(client_.get("/probe?target=ts01&module=x").status, 400);
  EXPECT_EQ(client_.get("/probe?target=ts02").status, 403);
  EXPECT_EQ(fake_.begun, 0);
}

TEST_F(ProbeRoutesTest, TheCapAMinuteFailsTheScrapeAndNotTheHost) {
  ends_as([](const ProbePlan& plan) { return abandoned(plan, "rate_cap"); });
  const Answer answer = client_.get("/probe?target=ts01");
  EXPECT_EQ(answer.status, 429);
  EXPECT_TRUE(answer.has("Retry-After: 60"));
  EXPECT_THAT(answer.body, Not(HasSubstr("probe_success")));
}

TEST_F(ProbeRoutesTest, OurOwnLimitsAndFaultsAre503) {
  ends_as([](const ProbePlan& plan) { return abandoned(plan, "deadline"); });
  const Answer late = client_.get("/probe?target=ts01");
  EXPECT_EQ(late.status, 503);
  EXPECT_TRUE(late.has("Retry-After: 5"));
  EXPECT_THAT(late.body, HasSubstr("did not come to its turn (deadline)"));
  ends_as([](const ProbePlan&) -> ProbeResult { throw std::runtime_error("no descriptors"); });
  const Answer fault = client_.get("/probe?target=ts01");
  EXPECT_EQ(fault.status, 503);
  EXPECT_THAT(fault.body, HasSubstr("no descriptors; this says nothing of ts01:3389"));
}

TEST_F(ProbeRoutesTest, ANameOutsideTheNetworksIs403) {
  ends_as([](const ProbePlan& plan) { return abandoned(plan, kNotAllowed); });
  EXPECT_EQ(client_.get("/probe?target=ts01").status, 403);
}

TEST_F(ProbeRoutesTest, TheScrapesTimeEndsIt) {
  fake_.waits = true;
  const Answer answer = client_.get("/probe?target=ts01", "X-Prometheus-Scrape-Timeout-Seconds: 0.6\r\n");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("(no time left)"));
  EXPECT_TRUE(eventually([this] { return fake_.cancelled == 1; }));
}

TEST_F(ProbeRoutesTest, DebugKeepsTheStatusAndShowsTheLog) {
  const Answer answer = client_.get("/probe?target=ts01&debug=true");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: text/plain; charset=utf-8"));
  EXPECT_THAT(answer.body, HasSubstr("0.001000 s  connect 127.0.0.1:3389\n"));
  EXPECT_THAT(answer.body, HasSubstr("\nprobe_success 1\n"));
  ends_as([](const ProbePlan& plan) { return abandoned(plan, "rate_cap"); });
  EXPECT_EQ(client_.get("/probe?target=ts01&debug=true").status, 429);
}

TEST_F(ProbeRoutesTest, AClientThatGoesAwayEndsItsProbe) {
  fake_.waits = true;
  {
    Client leaving(server_.endpoint);
    leaving.send("GET /probe?target=ts01 HTTP/1.1\r\nHost: test\r\n\r\n");
    ASSERT_TRUE(eventually([this] { return fake_.begun == 1; }));
    EXPECT_EQ(fake_.cancelled, 0);
  }
  EXPECT_TRUE(eventually([this] { return fake_.cancelled == 1; }));
}

TEST_F(ProbeRoutesTest, SoManyAtOnceAndNoMore) {
  fake_.waits = true;
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < kMostProbes; ++i) {
    clients.push_back(std::make_unique<Client>(server_.endpoint));
    clients.back()->send("GET /probe?target=ts01 HTTP/1.1\r\nHost: test\r\n\r\n");
  }
  ASSERT_TRUE(eventually([this] { return fake_.begun == static_cast<int>(kMostProbes); }));
  const Answer answer = client_.get("/probe?target=ts01");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("as many probes are running over HTTP as are allowed, 32"));
}

}  // namespace
}  // namespace rdpwatch::on_demand
