#include "daemon/events/event_json.hpp"

#include <gtest/gtest.h>

#include "tests/unit/events/events.hpp"

namespace rdpwatch::events {
namespace {

TEST(EventJson, HasWhatThereIs) {
  Event event = test::went_down(0);
  event.id = 7;
  event.when += std::chrono::milliseconds(12);
  EXPECT_EQ(to_json_line(event),
            R"({"id":7,"time":"2025-11-24T16:00:00.012Z","type":"target_down","target":"ts09:3389",)"
            R"("address":"10.0.0.9:3389","group":"rdsh","text":"ts09:3389 is down: connection_reset in tls",)"
            R"("details":{"was":"up","reason":"connection_reset"}})");
  EXPECT_EQ(details_text(event), "was=up; reason=connection_reset");
}

TEST(EventJson, LeavesOutWhatIsEmptyAndStaysOneLine) {
  Event event = test::event(EventType::reload, 1);
  event.id = 1;
  event.text = "a\nb \x1B[2J\xFF";
  EXPECT_EQ(to_json_line(event),
            "{\"id\":1,\"time\":\"2025-11-24T16:00:01.000Z\",\"type\":\"reload\","
            "\"text\":\"a\\nb \\u001b[2J\xEF\xBF\xBD\"}");
  EXPECT_EQ(details_text(event), "");
}

TEST(EventTypes, HaveOneNameEach) {
  for (const auto& row : kEventTypes) {
    EXPECT_EQ(name(row.type), row.name);
    EXPECT_EQ(event_type_by_name(row.name), row.type);
  }
  EXPECT_EQ(event_type_by_name("target_dwon"), std::nullopt);
  EXPECT_EQ(kEventTypes.size(), 17u);
}

}  // namespace
}  // namespace rdpwatch::events
