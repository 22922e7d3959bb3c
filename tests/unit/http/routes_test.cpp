#include "daemon/http/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/unit/http/loopback.hpp"

namespace rdpwatch::http {
namespace {

using test::Answer;
using test::Client;
using test::Running;
using testing::HasSubstr;
using testing::Not;

fleet::WallTime at(std::int64_t seconds) {
  return fleet::WallTime(std::chrono::seconds(seconds));
}

handshake::ProbeResult reset() {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::failure;
  result.failure =
      handshake::Failure{handshake::Phase::tls, handshake::FailureReason::connection_reset, "", {}};
  return result;
}

class RoutesTest : public testing::Test {
 protected:
  void add(const std::string& name, std::optional<std::int64_t> down_at = std::nullopt) {
    inventory::Target target;
    target.name = name;
    target.group = "rdsh";
    store_.put_endpoint({name, ""}, std::make_shared<const inventory::Target>(target), at(1764000000));
    if (!down_at) return;
    fleet::RunRecord run;
    run.attempts.push_back(reset());
    run.finished = at(*down_at);
    store_.record({name, ""}, std::move(run));
  }

  RoutesContext context(bool lifecycle) {
    return {.store = store_,
            .self = self_,
            .client_error = [](const handshake::Failure&) { return std::string("0x904/0x7"); },
            .lifecycle = lifecycle,
            .external_url = "",
            .reload = [this] { return reload(); }};
  }

  boost::asio::awaitable<std::string> reload() {
    ++reloads_;
    co_return reload_error_;
  }

  Answer post(Client& client, const std::string& fields = "") {
    client.send("POST /-/reload HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n" + fields + "\r\n");
    return client.read();
  }

  static Router router_of(Routes& routes) {
    Router router;
    routes.add_to(router);
    return router;
  }

  fleet::ResultStore store_;
  metrics::SelfMetrics self_{{"1.2.3", "abc", "GCC", "OpenSSL"}};
  int reloads_ = 0;
  std::string reload_error_;
  Routes routes_{context(true)};
  Running server_{router_of(routes_)};
  Client client_{server_.endpoint};
};

TEST_F(RoutesTest, MetricsAreTheDaemonsTheGroupsAndTheTargets) {
  add("ts01:3389", 1764000100);
  const Answer answer = client_.get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  const auto own = answer.body.find("\nrdpwatch_build_info{");
  const auto group = answer.body.find("\nrdp_group_targets{group=\"rdsh\",state=\"down\"} 1\n");
  const auto target = answer.body.find(
      "\nrdp_probe_failure_reason{target=\"ts01:3389\",group=\"rdsh\",phase=\"tls\",reason=\"connection_"
      "reset\","
      "category=\"network\",client_error=\"0x904/0x7\"} 1\n");
  ASSERT_NE(own, std::string::npos);
  ASSERT_NE(group, std::string::npos);
  ASSERT_NE(target, std::string::npos);
  EXPECT_LT(own, group);
  EXPECT_LT(group, target);
  EXPECT_EQ(answer.body.back(), '\n');
}

TEST_F(RoutesTest, TheTargetsHaveAPathOfTheirOwn) {
  add("ts01:3389", 1764000100);
  const Answer answer = client_.get("/metrics/targets");
  EXPECT_TRUE(answer.has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  EXPECT_THAT(answer.body, HasSubstr("rdp_probe_success{target=\"ts01:3389\",group=\"rdsh\"} 0\n"));
  EXPECT_THAT(answer.body, Not(HasSubstr("rdpwatch_")));
  EXPECT_THAT(answer.body, Not(HasSubstr("rdp_group_")));
}

TEST_F(RoutesTest, TheTargetsLeaveTheRootWhenTheyShould) {
  add("ts01:3389", 1764000100);
  routes_.set_targets_on_root(false);
  const Answer answer = client_.get("/metrics");
  EXPECT_THAT(answer.body, HasSubstr("rdp_group_targets"));
  EXPECT_THAT(answer.body, Not(HasSubstr("ts01")));
  EXPECT_THAT(client_.get("/metrics/targets").body, HasSubstr("ts01"));
}

TEST_F(RoutesTest, AScrapeIsInTheNextScrapesNumbers) {
  add("ts01:3389");
  const auto first = client_.get("/metrics").body;
  const auto second = client_.get("/metrics").body;
  EXPECT_THAT(second, HasSubstr("\nrdpwatch_exposition_bytes " + std::to_string(first.size()) + "\n"));
  EXPECT_THAT(second, HasSubstr("\nrdpwatch_series 11\n"));
}

TEST_F(RoutesTest, WhatMaxSeriesLeavesOutIsCountedAtOnce) {
  add("ts01:3389", 1764000100);
  routes_.set_max_series(13);  // a failed run without a certificate has 15
  const auto body = client_.get("/metrics").body;
  EXPECT_THAT(body, HasSubstr("\nrdpwatch_series_dropped_total{family=\"rdp_target_info\"} 1\n"));
  EXPECT_THAT(body, HasSubstr("\nrdp_probe_success{"));
  EXPECT_THAT(body, Not(HasSubstr("\nrdp_target_info{")));
}

TEST_F(RoutesTest, EachTargetIsInOnePart) {
  for (int i = 0; i < 50; ++i) add("ts" + std::to_string(i) + ":3389");
  const auto count = [](const std::string& body, const std::string& what) {
    std::size_t found = 0;
    for (auto at = body.find(what); at != std::string::npos; at = body.find(what, at + 1)) ++found;
    return found;
  };
  std::string all;
  for (const std::string part : {"0", "1", "2"}) {
    const Answer answer = client_.get("/metrics/targets?part=" + part + "&parts=3");
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.has("Transfer-Encoding: chunked"));
    EXPECT_GT(count(answer.body, "\nrdp_target_state{"), 5u);
    all += answer.body;
  }
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(count(all, "\nrdp_target_state{target=\"ts" + std::to_string(i) + ":3389\""), 1u) << i;
  EXPECT_EQ(count(client_.get("/metrics/targets").body, "\nrdp_target_state{"), 50u);
}

TEST_F(RoutesTest, SeriesAreThoseOfAllPartsOnceEachWasScraped) {
  for (int i = 0; i < 4; ++i) add("ts" + std::to_string(i) + ":3389");
  client_.get("/metrics/targets");
  const auto own = [this] {
    routes_.set_targets_on_root(false);
    return client_.get("/metrics").body;
  };
  EXPECT_THAT(own(), HasSubstr("\nrdpwatch_series 44\n"));
  add("ts4:3389");
  const auto first = client_.get("/metrics/targets?part=0&parts=2").body;
  const auto before = own();
  EXPECT_THAT(before, HasSubstr("\nrdpwatch_series 44\n"));
  EXPECT_THAT(before, HasSubstr("\nrdpwatch_exposition_bytes " + std::to_string(first.size()) + "\n"));
  client_.get("/metrics/targets?part=1&parts=2");
  EXPECT_THAT(own(), HasSubstr("\nrdpwatch_series 55\n"));
}

TEST_F(RoutesTest, APartHasItsShareOfMaxSeries) {
  for (int i = 0; i < 4; ++i) add("ts" + std::to_string(i) + ":3389");
  routes_.set_max_series(39);  // they have 40 together
  std::string all;
  for (const std::string part : {"0", "1"})
    all += client_.get("/metrics/targets?part=" + part + "&parts=2").body;
  EXPECT_THAT(all, HasSubstr("\nrdp_target_state{"));
  EXPECT_THAT(all, Not(HasSubstr("\nrdp_target_info{")));
}

TEST_F(RoutesTest, ABadPartIsRefused) {
  const Answer answer = client_.get("/metrics/targets?part=2&parts=2");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            "part \"2\" is not allowed; allowed: a whole number from 0 to 1, one less than parts\n");
  EXPECT_EQ(client_.get("/metrics/targets?part=%").status, 400);
}

TEST_F(RoutesTest, MetricsAreCompressedAlike) {
  add("ts01:3389");
  const Answer answer = client_.get("/metrics/targets", "Accept-Encoding: gzip\r\n");
  EXPECT_TRUE(answer.has("Content-Encoding: gzip"));
  EXPECT_EQ(test::gunzip(answer.body), client_.get("/metrics/targets").body);
}

TEST_F(RoutesTest, HealthyAlwaysReadyWhenTheDaemonSaysSo) {
  EXPECT_EQ(client_.get("/-/healthy").status, 200);
  const Answer before = client_.get("/-/ready");
  EXPECT_EQ(before.status, 503);
  EXPECT_EQ(before.body, "not ready yet\n");
  routes_.set_ready(true);
  EXPECT_EQ(client_.get("/-/ready").status, 200);
  routes_.set_ready(false);
  EXPECT_EQ(client_.get("/-/ready").status, 503);
}

TEST_F(RoutesTest, ReloadByPostAndPut) {
  const Answer answer = post(client_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "the configuration was reloaded\n");
  client_.send("PUT /-/reload HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client_.read().status, 200);
  EXPECT_EQ(reloads_, 2);
}

TEST_F(RoutesTest, AFailedReloadSaysWhy) {
  reload_error_ = "rdpwatch.yml:3:1: unknown key";
  const Answer answer = post(client_);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "the configuration was not reloaded:\nrdpwatch.yml:3:1: unknown key\n");
}

TEST_F(RoutesTest, ReloadIsNoPageToLookAt) {
  EXPECT_EQ(client_.get("/-/reload").status, 405);
  EXPECT_EQ(reloads_, 0);
}

TEST_F(RoutesTest, AWebPageCannotReload) {
  const Answer answer = post(client_, "Origin: https://evil.example\r\n");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "reloading over HTTP is not allowed to web pages of another origin\n");
  EXPECT_EQ(post(client_, "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(reloads_, 0);
}

TEST_F(RoutesTest, ReloadIsOffUnlessTheLifecycleIsOn) {
  Routes off(context(false));
  Running server(router_of(off));
  Client client(server.endpoint);
  const Answer answer = post(client);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "reloading over HTTP is off; start rdpwatch with --web.enable-lifecycle\n");
  EXPECT_EQ(reloads_, 0);
}

TEST_F(RoutesTest, OnlyLoopbackMayReload) {
  Router router = router_of(routes_);
  boost::asio::io_context io;
  Request request;
  request.method = "POST";
  request.path = "/-/reload";
  Response response;
  boost::asio::co_spawn(io, router.route(request),
                        [&response](std::exception_ptr, Response answer) { response = std::move(answer); });
  io.run();
  EXPECT_EQ(response.status, 403u);
  EXPECT_EQ(
      response.body,
      "reloading over HTTP is allowed from loopback addresses only, and to those who prove who they are by "
      "--web.config.file\n");
  EXPECT_EQ(reloads_, 0);
}

TEST_F(RoutesTest, WhoIsKnownMayReloadFromAnywhere) {
  Router router = router_of(routes_);
  boost::asio::io_context io;
  Request request;
  request.method = "POST";
  request.path = "/-/reload";
  request.authenticated = true;
  Response response;
  boost::asio::co_spawn(io, router.route(request),
                        [&response](std::exception_ptr, Response answer) { response = std::move(answer); });
  io.run();
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(reloads_, 1);
}

}  // namespace
}  // namespace rdpwatch::http
