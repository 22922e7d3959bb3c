#include "daemon/inventory/file_sd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace rdpwatch::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FileSdTest : public testing::Test {
 protected:
  std::vector<std::string> refresh(const std::vector<std::string>& patterns) {
    config::FileSdSettings section;
    for (const std::string& pattern : patterns) section.files.push_back(dir_.path(pattern));
    FileSd::Refresh result = file_sd_.refresh(section);
    errors_ = result.errors;
    std::vector<std::string> hosts;
    for (const DiscoveredTarget& target : result.targets) hosts.push_back(target->host);
    return hosts;
  }

  test::TempDir dir_;
  FileSd file_sd_;
  std::vector<std::string> errors_;
};

TEST_F(FileSdTest, patterns_match_in_the_last_component_and_files_come_in_their_order) {
  dir_.write("b.yml", "- targets: [b]");
  dir_.write("a.yml", "- targets: [a1, a2]");
  dir_.write("c.json", R"([{"targets": ["c"]}])");
  dir_.write(".hidden.yml", "- targets: [hidden]");
  dir_.write("d.yml.swp", "not one");
  EXPECT_THAT(refresh({"*.yml", "?.json", "a.yml", "absent.yml"}), ElementsAre("a1", "a2", "b", "c"));
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_THAT(refresh({"[ac].*"}), ElementsAre("a1", "a2", "c"));
}

TEST_F(FileSdTest, a_file_that_becomes_bad_keeps_its_last_good_targets) {
  const std::string a = dir_.write("a.yml", "- targets: [a1, a2]");
  dir_.write("b.yml", "- targets: [b]");
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("a1", "a2", "b"));
  dir_.write("a.yml", "- targets: [a1, 'a:0', 'a:-']");
  dir_.write("b.yml", "- targets: [b, b2]");
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("a1", "a2", "b", "b2"));
  EXPECT_THAT(
      errors_,
      ElementsAre(a + ":1:17: target 'a:0': the port is not a number from 1 to 65535, allowed: host, "
                      "host:port, an IP address or [IPv6]:port (and 1 more); its last good 2 targets stay"));
  dir_.write("a.yml", "- targets: [a3]");
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("a3", "b", "b2"));
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(FileSdTest, a_file_that_was_never_good_has_no_targets) {
  const std::string a = dir_.write("a.yml", "");
  EXPECT_THAT(refresh({"a.yml"}), IsEmpty());
  EXPECT_THAT(
      errors_,
      ElementsAre(a + ":1:1: the file is empty, allowed: a list of {targets: [...], labels: {...}}, or [] "
                      "for no targets; its last good 0 targets stay"));
}

TEST_F(FileSdTest, a_file_that_is_gone_takes_its_targets_along) {
  dir_.write("a.yml", "- targets: [a]");
  dir_.write("b.yml", "- targets: [b]");
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("a", "b"));
  std::filesystem::remove(dir_.path("a.yml"));
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("b"));
  dir_.write("a.yml", "");
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("b")) << "what was last good before the removal is forgotten";
}

TEST_F(FileSdTest, a_link_that_leads_nowhere_is_bad_and_not_gone) {
  dir_.write("real", "- targets: [a]");
  std::filesystem::create_symlink("real", dir_.path("a.yml"));
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("a"));
  std::filesystem::remove(dir_.path("real"));
  EXPECT_THAT(refresh({"*.yml"}), ElementsAre("a"));
  EXPECT_EQ(errors_.size(), 1u);
}

TEST_F(FileSdTest, a_folder_that_cannot_be_listed_keeps_the_targets_and_one_that_is_gone_does_not) {
  std::filesystem::create_directory(dir_.path("sub"));
  dir_.write("sub/a.yml", "- targets: [a]");
  EXPECT_THAT(refresh({"sub/*.yml"}), ElementsAre("a"));
  std::filesystem::rename(dir_.path("sub"), dir_.path("away"));
  dir_.write("sub", "a file where a folder was");
  EXPECT_THAT(refresh({"sub/*.yml"}), ElementsAre("a"));
  EXPECT_THAT(errors_, ElementsAre(dir_.path("sub") + ": cannot be listed: Not a directory"));
  std::filesystem::remove(dir_.path("sub"));
  EXPECT_THAT(refresh({"sub/*.yml"}), IsEmpty());
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(FileSdTest, last_good_content_that_no_section_names_any_more_is_forgotten) {
  dir_.write("a.yml", "- targets: [a]");
  EXPECT_THAT(refresh({"a.yml"}), ElementsAre("a"));
  dir_.write("a.yml", "");
  EXPECT_THAT(refresh({"a.yml"}), ElementsAre("a"));
  file_sd_.keep_only({});
  EXPECT_THAT(refresh({"a.yml"}), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::inventory
