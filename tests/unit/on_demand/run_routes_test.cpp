// The API's POSTs: a run on a target, with its log while it runs.

#include "daemon/on_demand/run_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http/loopback.hpp"
#include "tests/unit/on_demand/fake_watched_probe.hpp"

namespace rdpwatch::on_demand {
namespace {

using namespace test;
using http::test::Answer;
using http::test::Client;
using http::test::Running;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kProbe = "/api/v1/targets/ts01~3a3389/probe";
const std::string kDiagnose = "/api/v1/targets/ts01~3a3389/diagnose";
const std::string kLines = "Accept: application/x-ndjson\r\n";

class RunRoutesTest : public testing::Test {
 protected:
  RunRoutesTest() {
    inventory::Target target;
    target.name = "ts01:3389";
    target.group = "rdsh";
    target.host = "ts01";
    store_.put_endpoint({"ts01:3389", ""}, std::make_shared<const inventory::Target>(target),
                        std::chrono::system_clock::now());
    config::GlobalSettings settings;
    settings.confirm.attempts = 1;
    settings.max_connections_per_minute = 60;  // so that experiments follow each other soon
    runs_.set_settings(settings);
  }

  /// Before the server's event loop goes, which the runs tell their lines to.
  ~RunRoutesTest() override { prober_.stop(); }

  static http::Router router_of(RunRoutes& routes) {
    http::Router router;
    routes.add_to(router);
    return router;
  }

  Answer post(const std::string& path, const std::string& fields = "") { return post(client_, path, fields); }
  static Answer post(Client& client, const std::string& path, const std::string& fields = "") {
    client.send("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n" + fields + "\r\n");
    return client.read();
  }

  FakeProbe fake_;
  fleet::ResultStore store_;
  metrics::SelfMetrics self_{{}};
  OnDemandProber prober_{fake_.factory()};
  TargetRuns runs_{prober_, store_, self_};
  RunRoutes routes_{runs_, ""};
  Running server_{router_of(routes_)};
  Client client_{server_.endpoint};
};

TEST_F(RunRoutesTest, AProbesResultAndWhetherTheStateSaysTheSame) {
  const Answer answer = post(kProbe);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: application/json"));
  EXPECT_THAT(answer.body, StartsWith("{\"schema\":\"rdpwatch.probe/1\",\"target\":\"ts01:3389\""));
  EXPECT_THAT(answer.body, HasSubstr("\"state\":\"unknown\""));
  // A run that somebody asks for is none of the schedule's.
  EXPECT_EQ(store_.find({"ts01:3389", ""})->probes_total, 0U);
}

TEST_F(RunRoutesTest, TheLogComesAsLinesAndTheResultAsTheLast) {
  const Answer answer = post(kProbe, kLines);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: application/x-ndjson"));
  EXPECT_THAT(answer.body, StartsWith("{\"log\":{\"at_seconds\":"));
  EXPECT_THAT(answer.body, HasSubstr("\"text\":\"connect 127.0.0.1:3389\"}}\n{\"result\":{\"schema\":"));
}

TEST_F(RunRoutesTest, AFailureHasItsCauses) {
  fake_.answer = failure;
  EXPECT_THAT(post(kProbe).body, HasSubstr("\"causes\":[{\"id\":"));
  const Answer diagnosed = post(kDiagnose);
  EXPECT_EQ(diagnosed.status, 200) << diagnosed.body;
}

TEST_F(RunRoutesTest, WhatIsRefused) {
  EXPECT_EQ(post("/api/v1/targets/ts02~3a3389/probe").status, 404);
  EXPECT_EQ(post("/api/v1/targets/%/probe").status, 404);
  EXPECT_EQ(post(kProbe, "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(post(kProbe, "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(post(kProbe + "?x=1").status, 400);
  const Answer get = client_.get(kProbe);
  EXPECT_EQ(get.status, 405);
  EXPECT_TRUE(get.has("Allow: POST"));
  EXPECT_EQ(fake_.begun, 0);
}

TEST_F(RunRoutesTest, TheCapAMinute) {
  fake_.answer = [](const ProbePlan& plan) { return abandoned(plan, "rate_cap"); };
  const Answer answer = post(kProbe);
  EXPECT_EQ(answer.status, 429);
  EXPECT_TRUE(answer.has("Retry-After: 60"));
  EXPECT_THAT(post(kProbe, kLines).body, HasSubstr("\n{\"error\":\"more connections to this host than"));
}

TEST_F(RunRoutesTest, OneAtATimeAndItsEndWhenTheClientGoesAway) {
  fake_.waits = true;
  for (const std::string& fields : {std::string(), kLines}) {
    const int before = fake_.begun;
    {
      Client leaving(server_.endpoint);
      leaving.send("POST " + kProbe + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n" + fields +
                   "\r\n");
      ASSERT_TRUE(eventually([&] { return fake_.begun == before + 1; }));
      EXPECT_EQ(post(kDiagnose).status, 409);
      EXPECT_EQ(fake_.cancelled, before);
    }
    ASSERT_TRUE(eventually([&] { return fake_.cancelled == before + 1 && prober_.running() == 0; }));
  }
}

TEST_F(RunRoutesTest, ALineIsThereBeforeTheEnd) {
  fake_.waits = true;
  client_.send("POST " + kProbe + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n" + kLines + "\r\n");
  std::string seen;
  while (seen.find("connect 127.0.0.1:3389") == std::string::npos) {
    char piece[4096];
    const auto bytes = ::recv(client_.socket().native_handle(), piece, sizeof piece, 0);
    ASSERT_GT(bytes, 0) << seen;
    seen.append(piece, static_cast<std::size_t>(bytes));
  }
  EXPECT_EQ(seen.find("result"), std::string::npos);
  EXPECT_EQ(prober_.running(), 1U);
}

}  // namespace
}  // namespace rdpwatch::on_demand
