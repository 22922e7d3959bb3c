// Each data/invalid-RULE.yml breaks one rule; data/invalid-RULE.expected has every message it must give, in
// order.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "config/load.hpp"
#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

namespace fs = std::filesystem;

const fs::path kInvalidFiles = fs::path(RDPWATCH_SOURCE_DIR) / "tests/unit/config/data";

std::set<std::string> invalid_stems(const std::string& extension) {
  std::set<std::string> stems;
  for (const fs::directory_entry& entry : fs::directory_iterator(kInvalidFiles)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == extension && stem.rfind("invalid-", 0) == 0) stems.insert(stem);
  }
  return stems;
}

TEST(InvalidFiles, each_has_its_expectation_and_the_other_way_round) {
  EXPECT_EQ(invalid_stems(".yml"), invalid_stems(".expected"));
  EXPECT_GE(invalid_stems(".yml").size(), 70u);
}

class InvalidFile : public testing::TestWithParam<std::string> {
 protected:
  // Messages name the file as it was given; a relative name keeps the expectations free of folders.
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(kInvalidFiles);
  }
  void TearDown() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

TEST_P(InvalidFile, gives_exactly_the_expected_messages) {
  const std::vector<std::string> expected = lines_of(GetParam() + ".expected");
  ASSERT_FALSE(expected.empty());
  const LoadResult result = load_file(GetParam() + ".yml");
  const auto* errors = std::get_if<std::vector<Error>>(&result);
  ASSERT_NE(errors, nullptr) << "the file was accepted";
  std::vector<std::string> messages;
  for (const Error& error : *errors) messages.push_back(to_string(error));
  EXPECT_THAT(messages, testing::ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(Data, InvalidFile, testing::ValuesIn(invalid_stems(".yml")), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace rdpwatch::config
