#include "daemon/http/fleet_part.hpp"

#include <gtest/gtest.h>

#include <map>

namespace rdpwatch::http {
namespace {

std::string name_of(int number) {
  return "ts" + std::to_string(number) + ".corp.example.com:3389";
}

std::variant<std::optional<FleetPart>, std::string> asked(const std::string& query) {
  return fleet_part_of(parse_query(query).value());
}

std::string refusal(const std::string& query) {
  const auto part = asked(query);
  const auto* const text = std::get_if<std::string>(&part);
  return text == nullptr ? "accepted" : *text;
}

TEST(FleetPart, TheHashIsTheSameEverywhere) {
  // Computed by an independent implementation of FNV-1a 64 and of the jump consistent hash.
  EXPECT_EQ(part_of("ts01:3389", "rdsh", 1), 0u);
  EXPECT_EQ(part_of("ts01:3389", "rdsh", 2), 0u);
  EXPECT_EQ(part_of("ts02:3389", "rdsh", 2), 1u);
  EXPECT_EQ(part_of("ts01:3389", "rdsh", 1000), 439u);
  EXPECT_EQ(part_of("ts01:3389", "vdi", 1000), 447u);
  EXPECT_EQ(part_of("[2001:db8::9]:3389", "vdi", 7), 5u);
}

TEST(FleetPart, PartsAreOfAboutTheSameSize) {
  std::map<std::uint32_t, int> sizes;
  for (int i = 0; i < 50000; ++i) ++sizes[part_of(name_of(i), "rdsh", 10)];
  ASSERT_EQ(sizes.size(), 10u);
  for (const auto& [part, size] : sizes) {
    EXPECT_GT(size, 4700) << part;
    EXPECT_LT(size, 5300) << part;
  }
}

TEST(FleetPart, OneMorePartMovesTargetsIntoItAlone) {
  int moved = 0;
  for (int i = 0; i < 10000; ++i) {
    const auto before = part_of(name_of(i), "rdsh", 10);
    const auto after = part_of(name_of(i), "rdsh", 11);
    if (before == after) continue;
    ++moved;
    EXPECT_EQ(after, 10u);
  }
  EXPECT_GT(moved, 700);
  EXPECT_LT(moved, 1120);
}

TEST(FleetPart, NoParametersIsTheWholeFleet) {
  EXPECT_FALSE(std::get<std::optional<FleetPart>>(asked("")));
  EXPECT_FALSE(std::get<std::optional<FleetPart>>(asked("unknown=1")));
  const auto part = std::get<std::optional<FleetPart>>(asked("part=999&parts=1000"));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->part, 999u);
  EXPECT_EQ(part->parts, 1000u);
}

TEST(FleetPart, BadValuesAreRefusedWithWhatIsAllowed) {
  const std::string both =
      "part and parts go together, each once; allowed: /metrics/targets?part=0&parts=2 and the like, or "
      "neither for all targets";
  for (const std::string query : {"part=0", "parts=2", "part=0&parts=2&part=1", "part=0&parts=2&parts=2"})
    EXPECT_EQ(refusal(query), both) << query;
  EXPECT_EQ(refusal("part=0&parts=0"), "parts \"0\" is not allowed; allowed: a whole number from 1 to 1000");
  EXPECT_EQ(refusal("part=0&parts=1001"),
            "parts \"1001\" is not allowed; allowed: a whole number from 1 to 1000");
  EXPECT_EQ(refusal("part=2&parts=2"),
            "part \"2\" is not allowed; allowed: a whole number from 0 to 1, one less than parts");
  EXPECT_EQ(refusal("part=-1&parts=2"),
            "part \"-1\" is not allowed; allowed: a whole number from 0 to 1, one less than parts");
}

TEST(SeriesOfParts, AreKnownOnceEveryPartWasScraped) {
  SeriesOfParts series;
  EXPECT_EQ(series.note({0, 2}, 10), std::nullopt);
  EXPECT_EQ(series.note({0, 2}, 11), std::nullopt);
  EXPECT_EQ(series.note({1, 2}, 5), 16u);
  EXPECT_EQ(series.note({0, 2}, 12), 17u);
  EXPECT_EQ(series.note({0, 3}, 1), std::nullopt);
  EXPECT_EQ(series.note({1, 3}, 1), std::nullopt);
  EXPECT_EQ(series.note({2, 3}, 1), 3u);
}

}  // namespace
}  // namespace rdpwatch::http
