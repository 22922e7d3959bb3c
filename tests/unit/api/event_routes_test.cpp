#include "daemon/api/event_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/events/events.hpp"

namespace rdpwatch::api {
namespace {

using events::EventType;
using events::test::at_second;
using testing::HasSubstr;

class EventRoutesTest : public testing::Test {
 protected:
  http::Response ask(const std::string& query, const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    request.path = "/api/v1/events";
    request.query = query;
    return routes_.answer(request);
  }

  std::string text(const std::string& query) {
    auto response = ask(query);
    if (!response.stream) return response.body;
    std::string out;
    for (auto piece = response.stream->next(); !piece.empty(); piece = response.stream->next())
      out.append(piece);
    return out;
  }

  events::Journal journal_;
  EventRoutes routes_{journal_, [] { return at_second(100); }};
};

constexpr const char* kStartedRow =
    R"({"id":1,"time":"2025-11-24T16:00:00.000Z","type":"started","text":"something happened"})";
constexpr const char* kReloadRow =
    R"({"id":2,"time":"2025-11-24T16:00:01.000Z","type":"reload","text":"something happened"})";

TEST_F(EventRoutesTest, TheNewestFirstAndWhetherThereAreMore) {
  EXPECT_EQ(text(""), "{\"schema\":\"rdpwatch.events/1\",\"more\":false,\"events\":[]}\n");
  journal_.add(events::test::event(EventType::started, 0));
  journal_.add(events::test::event(EventType::reload, 1));
  const std::string head = R"({"schema":"rdpwatch.events/1","more":)";
  EXPECT_EQ(text(""), head + "false,\"events\":[" + kReloadRow + "," + kStartedRow + "]}\n");
  EXPECT_EQ(text("limit=1"), head + "true,\"events\":[" + kReloadRow + "]}\n");
  EXPECT_EQ(text("limit=1&before=2"), head + "false,\"events\":[" + kStartedRow + "]}\n");
  EXPECT_EQ(text("limit=1&after=0"), head + "true,\"events\":[" + kStartedRow + "]}\n");
  EXPECT_EQ(text("after=1"), head + "false,\"events\":[" + kReloadRow + "]}\n");
  EXPECT_EQ(text("since=99s"), head + "false,\"events\":[" + kReloadRow + "]}\n");
  EXPECT_EQ(text("type=started,target_down"), head + "false,\"events\":[" + kStartedRow + "]}\n");
}

TEST_F(EventRoutesTest, AsCsv) {
  journal_.add(events::test::event(EventType::started, 0));
  journal_.add(events::test::went_down(1));
  EXPECT_EQ(text("format=csv"),
            "id,time,type,target,address,group,text,details\r\n"
            "2,2025-11-24T16:00:01.000Z,target_down,ts09:3389,10.0.0.9:3389,rdsh,"
            "ts09:3389 is down: connection_reset in tls,\"was=up; reason=connection_reset\"\r\n"
            "1,2025-11-24T16:00:00.000Z,started,,,,something happened,\r\n");
  EXPECT_EQ(text("format=csv&target=ts09"), text("format=csv&group=rdsh"));
  EXPECT_THAT(text("format=csv&target=ts0"), testing::Not(HasSubstr("ts09")));
}

TEST_F(EventRoutesTest, FaultsSayWhatIsAllowed) {
  EXPECT_EQ(ask("kind=x").status, 400u);
  EXPECT_EQ(ask("a=%zz").status, 400u);
  EXPECT_EQ(ask("", "POST").status, 405u);
  http::Request below;
  below.method = "GET";
  below.path = "/api/v1/events/7";
  auto response = routes_.answer(below);
  EXPECT_EQ(response.status, 404u);
  EXPECT_THAT(response.body, HasSubstr("/api/v1/events"));
}

}  // namespace
}  // namespace rdpwatch::api
