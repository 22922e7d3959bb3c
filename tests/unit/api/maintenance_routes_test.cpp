#include "daemon/api/maintenance_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::api {
namespace {

using fleet::test::at;
using testing::HasSubstr;

constexpr std::int64_t kBegin = 1764000000;  // Monday, 2025-11-24T16:00:00Z

class MaintenanceRoutesTest : public testing::Test {
 protected:
  MaintenanceRoutesTest() {
    inventory::Target target;
    target.name = "ts01:3389";
    target.group = "rdsh";
    target.labels = {{"site", "fra1"}};
    inventory::Snapshot snapshot{{target.name, std::make_shared<const inventory::Target>(target)}};
    maintenances_.set_inventory(std::make_shared<const inventory::Snapshot>(std::move(snapshot)));
  }

  http::Response ask(const std::string& method, const std::string& path, const std::string& body = "",
                     const std::string& query = "", bool from_loopback = true) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.body = body;
    request.host = "127.0.0.1:9839";
    request.peer_is_loopback = from_loopback;
    return routes_.answer(request);
  }

  /// The answer's body, which comes with this status.
  std::string said(unsigned status, const http::Response& response) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    return response.body;
  }

  std::string start(unsigned status, const std::string& body) {
    return said(status, ask("POST", "/api/v1/maintenance", body));
  }

  std::string id_of_started() {
    const auto body = start(201, R"({"match":"site=fra1","for":"2h","reason":"new switches","by":"me"})");
    return std::string(boost::json::parse(body).at("id").as_string());
  }

  maintenance::Maintenances maintenances_;
  MaintenanceRoutes routes_{maintenances_, "", [] { return at(kBegin); }};
};

TEST_F(MaintenanceRoutesTest, OneThatIsStartedIsListedAndEnded) {
  const std::string id = id_of_started();
  const std::string row = R"({"id":")" + id +
                          R"(","name":"site=fra1","from":"2025-11-24T16:00:00Z",)"
                          R"("until":"2025-11-24T18:00:00Z","reason":"new switches","by":"me",)"
                          R"("planned":false,"match":"site=fra1","targets":1})";
  EXPECT_EQ(said(200, ask("GET", "/api/v1/maintenance")),
            R"({"schema":"rdpwatch.maintenance/1","now":"2025-11-24T16:00:00Z","active":[)" + row +
                "],\"upcoming\":[]}\n");
  EXPECT_EQ(said(200, ask("DELETE", "/api/v1/maintenance/" + id, "", "by=you")),
            R"({"schema":"rdpwatch.maintenance/1","ended":")" + id + "\"}\n");
  const auto tick = maintenances_.tick(at(kBegin));
  ASSERT_EQ(tick.changes.size(), 2u);
  EXPECT_EQ(tick.changes[1].by, "you");
  EXPECT_THAT(said(404, ask("DELETE", "/api/v1/maintenance/" + id)),
              HasSubstr("no maintenance with the id '" + id + "' goes on"));
}

TEST_F(MaintenanceRoutesTest, WindowsAreListedWithoutAnId) {
  config::WindowSettings window;
  window.name = "patches";
  window.match.groups = {"rdsh"};
  window.repeat = config::WindowRepeat::weekly;
  window.weekdays = {2};
  window.at = std::chrono::hours(22);
  window.duration = std::chrono::hours(4);
  maintenances_.set_windows({window});
  EXPECT_EQ(said(200, ask("GET", "/api/v1/maintenance")),
            R"({"schema":"rdpwatch.maintenance/1","now":"2025-11-24T16:00:00Z","active":[],"upcoming":[)"
            R"({"name":"patches","from":"2025-11-25T22:00:00Z","until":"2025-11-26T02:00:00Z",)"
            R"("planned":true,"match":"group=rdsh","targets":1}]})"
            "\n");
}

TEST_F(MaintenanceRoutesTest, WrongBodiesAreToldWhatIsAllowed) {
  EXPECT_THAT(start(400, "match=site"), HasSubstr(R"({"error":"the body is no JSON object","allowed":[)"));
  EXPECT_THAT(start(400, "[]"), HasSubstr("the body is no JSON object"));
  EXPECT_EQ(start(400, R"({"mach":"site=fra1","for":"2h","reason":"r"})"),
            R"x({"error":"there is no key 'mach' (did you mean 'match'?)","allowed":)x"
            R"(["match","for","reason","by","allow_empty"]})"
            "\n");
  EXPECT_EQ(start(400, R"({"for":"2h","reason":"r"})"),
            R"({"error":"\"match\" is missing or no list of texts","allowed":)"
            R"(["group=NAME, target=GLOB (with * and ?) or label=value"]})"
            "\n");
  EXPECT_THAT(start(400, R"({"match":["site=fra1",7],"for":"2h","reason":"r"})"),
              HasSubstr("no list of texts"));
  EXPECT_EQ(start(400, R"({"match":"site=fra1","for":"2 hours","reason":"r"})"),
            R"({"error":"\"for\" is '2 hours'","allowed":["1m to 30d, such as 30m or 2h"]})"
            "\n");
  EXPECT_EQ(start(400, R"({"match":"site=fra1","reason":"r"})"),
            R"({"error":"\"for\" is missing","allowed":["1m to 30d, such as 30m or 2h"]})"
            "\n");
  EXPECT_THAT(start(400, R"({"match":"site=fra1","for":"2h","reason":7})"),
              HasSubstr("\\\"reason\\\" is no text"));
  EXPECT_THAT(start(400, R"({"match":"site=fra1","for":"2h","reason":"r","allow_empty":1})"),
              HasSubstr("is neither true nor false"));
  EXPECT_THAT(start(400, R"({"match":"site=fra1","for":"31d","reason":"r"})"),
              HasSubstr("a maintenance can't go on for 31d"));
  EXPECT_THAT(start(400, R"({"match":"site=fra2","for":"2h","reason":"r"})"),
              HasSubstr("no target of the inventory fits site=fra2"));
  EXPECT_THAT(start(201, R"({"match":"site=fra2","for":"2h","reason":"r","allow_empty":true})"),
              HasSubstr("\"targets\":0"));
}

TEST_F(MaintenanceRoutesTest, OthersMayLookAndNotChange) {
  const std::string body = R"({"match":"site=fra1","for":"2h","reason":"r"})";
  const std::string id = id_of_started();
  EXPECT_THAT(said(403, ask("POST", "/api/v1/maintenance", body, "", false)),
              HasSubstr("a change of maintenance over HTTP is allowed from loopback addresses only"));
  said(403, ask("DELETE", "/api/v1/maintenance/" + id, "", "", false));
  said(200, ask("GET", "/api/v1/maintenance", "", "", false));
  EXPECT_EQ(maintenances_.ad_hoc().size(), 1u);
}

TEST_F(MaintenanceRoutesTest, OtherMethodsPathsAndParametersAreFaults) {
  said(405, ask("DELETE", "/api/v1/maintenance"));
  said(405, ask("GET", "/api/v1/maintenance/m00000000"));
  said(404, ask("GET", "/api/v1/maintenance/"));
  said(404, ask("GET", "/api/v1/maintenances"));
  said(400, ask("GET", "/api/v1/maintenance", "", "state=down"));
  said(400, ask("DELETE", "/api/v1/maintenance/m00000000", "", "who=me"));
}

}  // namespace
}  // namespace rdpwatch::api
