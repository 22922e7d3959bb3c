// Each data/invalid-RULE.yml breaks one rule of causes.yml; data/invalid-RULE.expected has every message it
// must give, in order.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::diagnosis {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(RDPWATCH_SOURCE_DIR) / "tests/unit/diagnosis/data";

std::set<std::string> stems_with(const std::string& extension) {
  std::set<std::string> stems;
  for (const fs::directory_entry& entry : fs::directory_iterator(kData)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == extension && stem.starts_with("invalid-")) stems.insert(stem);
  }
  return stems;
}

std::string read(const std::string& name) {
  std::ifstream file(kData / name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> lines_of(const std::string& name) {
  std::vector<std::string> lines;
  std::ifstream file(kData / name);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(InvalidCauses, each_has_its_expectation_and_the_other_way_round) {
  EXPECT_EQ(stems_with(".yml"), stems_with(".expected"));
  EXPECT_GE(stems_with(".yml").size(), 30u);
}

TEST(InvalidCauses, the_file_that_they_are_made_of_is_valid) {
  const ParsedCauses parsed = parse_causes(read("valid.yml"));
  EXPECT_THAT(parsed.errors, testing::IsEmpty());
  ASSERT_EQ(parsed.causes.size(), 1u);
  const Cause& cause = parsed.causes.front();
  EXPECT_EQ(cause.id, "cable_unplugged");
  EXPECT_EQ(cause.title, "The cable is out");
  EXPECT_EQ(cause.blame, Blame::path);
  EXPECT_EQ(cause.certainty, Certainty::documented);
  EXPECT_EQ(cause.explanation, "Nobody put it in.");
  EXPECT_THAT(cause.signs, testing::ElementsAre("no light"));
  EXPECT_THAT(cause.rules_out, testing::ElementsAre("a light"));
  EXPECT_EQ(cause.tells_apart, "The light says it. Nothing else does.");
  EXPECT_THAT(cause.client_codes, testing::ElementsAre("0x904/0x7", "0x204"));
  EXPECT_THAT(cause.reasons, testing::ElementsAre(
                                 Symptom{handshake::Phase::tls, handshake::FailureReason::connection_reset}));
  ASSERT_EQ(cause.checks.size(), 1u);
  EXPECT_EQ(cause.checks[0].where, Place::host);
  EXPECT_TRUE(cause.checks[0].on_linux);
  EXPECT_EQ(cause.checks[0].command, "ip link\nethtool eth0");
  ASSERT_EQ(cause.fixes.size(), 1u);
  EXPECT_EQ(cause.fixes[0].where, Place::network);
  EXPECT_FALSE(cause.fixes[0].on_linux);
  EXPECT_EQ(cause.fixes[0].command, "");
  EXPECT_EQ(cause.fixes[0].warning, "mind your fingers");
  EXPECT_THAT(cause.fixes[0].platforms, testing::ElementsAre(Platform::physical, Platform::hyperv));
}

class InvalidCause : public testing::TestWithParam<std::string> {};

TEST_P(InvalidCause, gives_exactly_the_expected_messages) {
  const std::vector<std::string> expected = lines_of(GetParam() + ".expected");
  ASSERT_FALSE(expected.empty());
  const ParsedCauses parsed = parse_causes(read(GetParam() + ".yml"));
  EXPECT_THAT(parsed.errors, testing::ElementsAreArray(expected));
  EXPECT_THAT(parsed.causes, testing::IsEmpty()) << "a book with an error is no book";
}

INSTANTIATE_TEST_SUITE_P(Data, InvalidCause, testing::ValuesIn(stems_with(".yml")), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace rdpwatch::diagnosis
