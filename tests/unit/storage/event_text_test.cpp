#include "daemon/storage/event_text.hpp"

#include <gtest/gtest.h>

#include "tests/unit/events/events.hpp"

namespace rdpwatch::storage {
namespace {

TEST(EventText, IsReadAsItWasWritten) {
  events::Event event = events::test::went_down(1);
  event.id = 7;
  const std::string text = encode_event(event);
  EXPECT_EQ(
      text,
      R"({"when":1764000001000000000,"type":"target_down","target":"ts09:3389","address":"10.0.0.9:3389",)"
      R"("group":"rdsh","text":"ts09:3389 is down: connection_reset in tls",)"
      R"("details":[["was","up"],["cause",""],["reason","connection_reset"]]})");
  EXPECT_EQ(decode_event(7, text), event);
}

TEST(EventText, WhatIsMissingIsEmptyAndWhatIsMoreIsLeftOut) {
  const events::Event event = decode_event(1, R"({"type":"reload","of_a_newer_version":[1]})");
  EXPECT_EQ(event.id, 1);
  EXPECT_EQ(event.type, events::EventType::reload);
  EXPECT_EQ(event.text, "");
}

TEST(EventText, WhatNoVersionWroteIsRefused) {
  EXPECT_THROW(decode_event(1, "{"), std::exception);
  EXPECT_THROW(decode_event(1, "[]"), std::exception);
  EXPECT_THROW(decode_event(1, R"({"type":"target_stolen"})"), std::exception);
  EXPECT_THROW(decode_event(1, R"({"details":[["alone"]]})"), std::exception);
}

}  // namespace
}  // namespace rdpwatch::storage
