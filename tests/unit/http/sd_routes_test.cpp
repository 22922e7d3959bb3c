#include "daemon/http/sd_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <chrono>

#include "daemon/http/sd_targets.hpp"
#include "tests/unit/http/loopback.hpp"
#include "tests/support/recipes.hpp"

namespace rdpwatch::http {
namespace {

using test::Answer;
using test::Client;
using test::Running;

const fleet::WallTime kNow{std::chrono::seconds(1764000000)};

class SdRoutesTest : public testing::Test {
 protected:
  void add(const std::string& name, const std::string& group = "rdsh", config::Labels labels = {},
           const std::string& module = "tls", const std::string& address = "") {
    inventory::Target target;
    target.name = name;
    target.group = group;
    target.labels = std::move(labels);
    target.recipe = test::recipe_of(module);
    store_.put_endpoint({name, address}, std::make_shared<const inventory::Target>(target), kNow);
  }

  static Router router_of(SdRoutes& routes) {
    Router router;
    routes.add_to(router);
    return router;
  }

  Answer with_host(const std::string& host) {
    client_.send("GET /sd/parts HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return client_.read();
  }

  fleet::ResultStore store_;
  SdRoutes routes_{store_, ""};
  Running server_{router_of(routes_)};
  Client client_{server_.endpoint};
};

TEST_F(SdRoutesTest, AnEmptyFleetIsAnEmptyList) {
  const Answer answer = client_.get("/sd");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: application/json"));
  EXPECT_EQ(answer.body, "[]\n");
}

TEST_F(SdRoutesTest, TargetsWithEqualLabelsStandTogether) {
  add("ts01:3389", "rdsh", {{"site", "fra1"}}, "nla");
  add("ts02:3389", "rdsh", {{"site", "lon1"}}, "nla");
  add("ts03:3389", "rdsh", {{"site", "fra1"}}, "nla");
  add("ts04:3389", "rdsh", {{"site", "fra1"}}, "tls");
  add("[2001:db8::9]:3390", "vdi");
  const Answer answer = client_.get("/sd");
  EXPECT_EQ(
      answer.body,
      "[{\"labels\":{\"group\":\"vdi\",\"__meta_rdpwatch_module\":\"tls\"},\"targets\":[\"[2001:db8::9]:"
      "3390\"]},\n"
      "{\"labels\":{\"group\":\"rdsh\",\"__meta_rdpwatch_module\":\"nla\",\"site\":\"fra1\"},\"targets\":["
      "\"ts01:3389\",\"ts03:3389\"]},\n"
      "{\"labels\":{\"group\":\"rdsh\",\"__meta_rdpwatch_module\":\"nla\",\"site\":\"lon1\"},\"targets\":["
      "\"ts02:3389\"]},\n"
      "{\"labels\":{\"group\":\"rdsh\",\"__meta_rdpwatch_module\":\"tls\",\"site\":\"fra1\"},\"targets\":["
      "\"ts04:3389\"]}]\n");
}

TEST_F(SdRoutesTest, ATargetWithSeveralAddressesIsThereOnce) {
  for (const std::string address : {"10.0.0.1", "10.0.0.2", "10.0.0.3"})
    add("farm:3389", "rdsh", {}, "tls", address);
  EXPECT_EQ(
      client_.get("/sd").body,
      "[{\"labels\":{\"group\":\"rdsh\",\"__meta_rdpwatch_module\":\"tls\"},\"targets\":[\"farm:3389\"]}]\n");
}

TEST_F(SdRoutesTest, HostileLabelValuesAreValidJson) {
  const std::string hostile = "a\"b\\c\nd\re\x01</script>\xff\xc3\xa9{{x}}";
  add("ts01:3389", "g\"\n", {{"site", hostile}});
  const auto parsed = boost::json::parse(client_.get("/sd").body);
  const auto& labels = parsed.at(0).at("labels").as_object();
  EXPECT_EQ(labels.at("group").as_string(), "g\"\n");
  // As the series have it: what is no printable UTF-8 is U+FFFD.
  EXPECT_EQ(labels.at("site").as_string(),
            "a\"b\\c\nd\xEF\xBF\xBD"
            "e\xEF\xBF\xBD</script>\xEF\xBF\xBD\xC3\xA9{{x}}");
}

TEST_F(SdRoutesTest, ALongListComesCompressedAndWhole) {
  for (int i = 0; i < 3000; ++i) add("ts" + std::to_string(i) + ".corp.example.com:3389");
  const Answer answer = client_.get("/sd", "Accept-Encoding: gzip\r\n");
  EXPECT_TRUE(answer.has("Content-Encoding: gzip"));
  const auto parsed = boost::json::parse(test::gunzip(answer.body));
  ASSERT_EQ(parsed.as_array().size(), 1u);
  EXPECT_EQ(parsed.at(0).at("targets").as_array().size(), 3000u);
}

TEST_F(SdRoutesTest, AHugeFleetIsMadeInSmallPiecesThatLetOthersRun) {
  for (int i = 0; i < 50000; ++i) add("ts" + std::to_string(i) + ":3389", "g" + std::to_string(i % 7));
  boost::asio::io_context io;
  std::vector<SdGroup> groups;
  boost::asio::co_spawn(
      io, group_for_sd(store_.snapshot()),
      [&groups](std::exception_ptr, std::vector<SdGroup> made) { groups = std::move(made); });
  EXPECT_GT(io.run(), 50u);
  ASSERT_EQ(groups.size(), 7u);
  SdTargetsStream stream(std::move(groups));
  std::size_t pieces = 0;
  std::size_t longest = 0;
  std::string all;
  for (auto piece = stream.next(); !piece.empty(); piece = stream.next()) {
    ++pieces;
    longest = std::max(longest, piece.size());
    all += piece;
  }
  EXPECT_GT(pieces, 15u);
  EXPECT_LT(longest, 40000u);
  std::size_t targets = 0;
  const auto parsed = boost::json::parse(all);
  for (const auto& entry : parsed.as_array()) targets += entry.at("targets").as_array().size();
  EXPECT_EQ(targets, 50000u);
}

TEST_F(SdRoutesTest, ASmallFleetIsOnePart) {
  const Answer answer = client_.get("/sd/parts");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Type: application/json"));
  EXPECT_EQ(answer.body,
            "[{\"labels\":{\"__metrics_path__\":\"/metrics/"
            "targets\",\"__param_part\":\"0\",\"__param_parts\":\"1\","
            "\"part\":\"0\"},\"targets\":[\"test\"]}]\n");
}

TEST_F(SdRoutesTest, PartsAreAsManyAsAreAskedFor) {
  EXPECT_EQ(
      client_.get("/sd/parts?parts=2").body,
      "[{\"labels\":{\"__metrics_path__\":\"/metrics/"
      "targets\",\"__param_part\":\"0\",\"__param_parts\":\"2\","
      "\"part\":\"0\"},\"targets\":[\"test\"]},\n"
      "{\"labels\":{\"__metrics_path__\":\"/metrics/targets\",\"__param_part\":\"1\",\"__param_parts\":\"2\","
      "\"part\":\"1\"},\"targets\":[\"test\"]}]\n");
  for (const std::string parts : {"0", "1001", "x", "", "-1"}) {
    const Answer refused = client_.get("/sd/parts?parts=" + parts);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.body,
              "parts \"" + parts +
                  "\" is not allowed; allowed: a whole number from 1 to 1000, or none for as many as "
                  "the fleet needs\n");
  }
}

TEST_F(SdRoutesTest, PartsAreAsManyAsTheFleetNeeds) {
  for (int i = 0; i < 5001; ++i) add("ts" + std::to_string(i) + ":3389");
  EXPECT_EQ(boost::json::parse(client_.get("/sd/parts").body).as_array().size(), 2u);
  store_.remove_endpoint({"ts0:3389", ""});
  EXPECT_EQ(boost::json::parse(client_.get("/sd/parts").body).as_array().size(), 1u);
}

TEST_F(SdRoutesTest, TheHostHeaderIsWhereThePartsAre) {
  for (const std::string host : {"rdpwatch:9839", "10.0.0.1", "[2001:db8::1]:9839", "a_b.example.com:80"}) {
    const auto parsed = boost::json::parse(with_host(host).body);
    EXPECT_EQ(parsed.at(0).at("targets").at(0).as_string(), host);
  }
}

TEST_F(SdRoutesTest, AHostHeaderThatIsNoneIsRefused) {
  for (const std::string host : {"a\",\"b", "a b", "user@a", "a:0", "a:65536", "a:", "a:1:2", "[::1", "[a]",
                                 "[::1]x", "-a", "a/b", "[fe80::1%25eth0]"}) {
    const Answer answer = with_host(host);
    EXPECT_EQ(answer.status, 400) << host;
    EXPECT_THAT(answer.body, testing::HasSubstr("allowed: host, host:port or [IPv6]:port")) << host;
  }
}

TEST_F(SdRoutesTest, TheExternalUrlWins) {
  SdRoutes routes(store_, "https://rdp.example.com:8443/rdpwatch/");
  Running server(router_of(routes));
  Client client(server.endpoint);
  EXPECT_EQ(client.get("/sd/parts").body,
            "[{\"labels\":{\"__metrics_path__\":\"/rdpwatch/metrics/targets\",\"__scheme__\":\"https\","
            "\"__param_part\":\"0\",\"__param_parts\":\"1\",\"part\":\"0\"},\"targets\":[\"rdp.example.com:"
            "8443\"]}]"
            "\n");
}

TEST_F(SdRoutesTest, AnExternalUrlThatIsNoneIsRefused) {
  for (const std::string url :
       {"ftp://a", "http://", "http://a b", "https://user@a", "http://a/?x", "http://a/\"", "a"})
    EXPECT_THROW(SdRoutes(store_, url), std::runtime_error) << url;
}

}  // namespace
}  // namespace rdpwatch::http
