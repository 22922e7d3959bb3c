#include "daemon/inventory/inventory_manager.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/inventory/settings_text.hpp"

namespace rdpwatch::inventory {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

class InventoryManagerTest : public testing::Test {
 protected:
  /// One group of discovered targets, `refresh_interval` long enough to leave all to inotify.
  config::Settings discovering(const std::string& refresh_interval = "1h") {
    return settings_from("inventory: [{group: g, labels: {site: a}, file_sd: [{files: ['" +
                         dir_.path("*.yml") + "'], refresh_interval: " + refresh_interval + "}]}]");
  }

  static std::string targets(int from, int to) {
    std::string text = "- targets: [";
    for (int i = from; i < to; ++i) text += "h" + std::to_string(i) + ", ";
    return text + "]";
  }

  /// Replaces a file as configuration management does: readers see the old content or the new one.
  void replace(const std::string& name, const std::string& content) {
    dir_.write("new.tmp", content);
    fs::rename(dir_.path("new.tmp"), dir_.path(name));
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      if (io_.stopped()) io_.restart();
      io_.run_one_for(100ms);
    }
    return true;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, unused] : *manager_.snapshot()) names.push_back(name);
    return names;
  }
  std::uint64_t failures() const { return manager_.status().refresh_failures.at("file_sd"); }

  test::TempDir dir_;
  boost::asio::io_context io_;
  std::vector<std::shared_ptr<const Snapshot>> changes_;
  std::vector<std::string> messages_;
  InventoryManager manager_{
      io_.get_executor(),
      [this](std::shared_ptr<const Snapshot> snapshot) { changes_.push_back(std::move(snapshot)); },
      [this](Severity, const std::string& text) { messages_.push_back(text); }, 10ms};
};

TEST_F(InventoryManagerTest, is_empty_and_silent_before_the_first_reload) {
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_THAT(manager_.status().targets_by_source, ElementsAre(Pair("file_sd", 0), Pair("static", 0)));
  EXPECT_THAT(manager_.status().refresh_failures, ElementsAre(Pair("file_sd", 0)));
  EXPECT_THAT(manager_.status().last_refresh_success, IsEmpty());
}

TEST_F(InventoryManagerTest,
       the_first_reload_reports_even_an_empty_inventory_and_an_equal_one_reports_nothing) {
  manager_.reload(settings_from("inventory: []"));
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_THAT(*changes_[0], IsEmpty());
  manager_.reload(settings_from("inventory: []"));
  EXPECT_EQ(changes_.size(), 1u);
}

TEST_F(InventoryManagerTest, unchanged_targets_keep_their_pointer_over_a_reload) {
  manager_.reload(settings_from("inventory: [{group: g, targets: [a, b, c]}]"));
  manager_.reload(settings_from("inventory: [{group: g, targets: [a, {target: b, labels: {site: x}}, d]}]"));
  ASSERT_EQ(changes_.size(), 2u);
  EXPECT_EQ(changes_[0]->at("a:3389"), changes_[1]->at("a:3389"));
  EXPECT_NE(changes_[0]->at("b:3389"), changes_[1]->at("b:3389"));
  EXPECT_THAT(names(), ElementsAre("a:3389", "b:3389", "d:3389"));
  EXPECT_EQ(manager_.snapshot(), changes_[1]);
}

TEST_F(InventoryManagerTest, discovered_targets_have_the_settings_of_their_group) {
  dir_.write("a.yml", "- {targets: [ts01], labels: {rack: '7'}}");
  manager_.reload(discovering());
  const Target& target = *manager_.snapshot()->at("ts01:3389");
  EXPECT_EQ(target.source, "file_sd");
  EXPECT_EQ(target.group, "g");
  EXPECT_EQ(target.plan().group, "g");
  EXPECT_THAT(target.labels, ElementsAre(Pair("rack", "7"), Pair("site", "a")));
  EXPECT_EQ(manager_.status().targets_by_source.at("file_sd"), 1u);
  EXPECT_EQ(manager_.status().last_refresh_success.count("file_sd"), 1u);
  EXPECT_THAT(messages_, IsEmpty());
}

TEST_F(InventoryManagerTest, sees_files_written_replaced_linked_and_removed) {
  manager_.reload(discovering());
  dir_.write("a.yml", "- targets: [a]");
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"a:3389"}; }));
  replace("a.yml", "- targets: [b]");
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"b:3389"}; }));
  fs::create_directory(dir_.path("elsewhere"));
  dir_.write("elsewhere/c", "- targets: [c]");
  fs::create_symlink("elsewhere/c", dir_.path("c.yml"));
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"b:3389", "c:3389"}; }));
  fs::remove(dir_.path("a.yml"));
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"c:3389"}; }));
  EXPECT_EQ(failures(), 0u);
}

TEST_F(InventoryManagerTest, many_events_become_one_change) {
  manager_.reload(discovering());
  for (int i = 0; i < 100; ++i) replace("a.yml", targets(0, i + 1));
  EXPECT_TRUE(run_until([&] { return names().size() == 100; }));
  EXPECT_EQ(changes_.size(), 2u);
}

TEST_F(InventoryManagerTest, a_bad_file_keeps_its_last_good_targets_and_is_counted_and_told_once) {
  dir_.write("a.yml", "- targets: [a]");
  manager_.reload(discovering("1s"));
  replace("a.yml", "- targets: [a b]");
  EXPECT_TRUE(run_until([&] { return failures() >= 2; }));
  EXPECT_THAT(names(), ElementsAre("a:3389"));
  EXPECT_THAT(messages_,
              ElementsAre("file_sd: " + dir_.path("a.yml") +
                          ":1:13: target 'a b': ' ' is not allowed in a host name, allowed: host, host:port, "
                          "an IP address or [IPv6]:port; its last good 1 targets stay"));
  replace("a.yml", "- targets: [b]");
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"b:3389"}; }));
  EXPECT_EQ(messages_.back(), "file_sd: the files of group g are all good again");
}

TEST_F(InventoryManagerTest, last_good_targets_of_a_bad_file_survive_a_reload) {
  dir_.write("a.yml", "- targets: [a]");
  manager_.reload(discovering());
  dir_.write("a.yml", "");
  manager_.reload(discovering());
  EXPECT_THAT(names(), ElementsAre("a:3389"));
  EXPECT_EQ(failures(), 1u);
}

TEST_F(InventoryManagerTest, refresh_interval_finds_what_inotify_cannot_see) {
  fs::create_directory(dir_.path("elsewhere"));
  dir_.write("elsewhere/a", "- targets: [a]");
  fs::create_symlink("elsewhere/a", dir_.path("a.yml"));
  manager_.reload(discovering("1s"));
  dir_.write("elsewhere/a", "- targets: [b]");
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"b:3389"}; }));
}

TEST_F(InventoryManagerTest, a_folder_that_comes_later_is_told_of_and_found) {
  const std::string sub = dir_.path("sub");
  manager_.reload(settings_from("inventory: [{group: g, file_sd: [{files: ['" + sub +
                                "/*.yml'], refresh_interval: 1s}]}]"));
  EXPECT_THAT(
      messages_,
      ElementsAre("file_sd: directory " + sub +
                  " is not watched (No such file or directory): changes are seen at refresh_interval only"));
  fs::create_directory(sub);
  dir_.write("sub/a.yml", "- targets: [a]");
  EXPECT_TRUE(run_until([&] { return names() == std::vector<std::string>{"a:3389"}; }));
}

TEST_F(InventoryManagerTest, an_update_that_removes_too_much_is_held_until_a_reload_accepts_it) {
  dir_.write("a.yml", targets(0, 50));
  manager_.reload(discovering());
  replace("a.yml", targets(0, 39));
  EXPECT_TRUE(run_until([&] { return manager_.held_changes() == 1; }));
  EXPECT_EQ(names().size(), 50u);
  EXPECT_THAT(manager_.status().held_changes, ElementsAre(HeldChange{"g", 11, 50}));
  EXPECT_THAT(
      messages_,
      ElementsAre("inventory: an update of group g that would remove 11 of 50 targets is held; a reload "
                  "accepts it"));
  EXPECT_EQ(changes_.size(), 1u);
  manager_.reload(discovering());
  EXPECT_EQ(manager_.held_changes(), 0u);
  EXPECT_EQ(names().size(), 39u);
  EXPECT_EQ(changes_.size(), 2u);
  EXPECT_EQ(messages_.back(), "inventory: no update of group g is held any more");
}

TEST_F(InventoryManagerTest, a_held_update_ends_when_a_later_one_removes_less) {
  dir_.write("a.yml", targets(0, 50));
  manager_.reload(discovering());
  fs::remove(dir_.path("a.yml"));
  EXPECT_TRUE(run_until([&] { return manager_.held_changes() == 1; }));
  EXPECT_EQ(names().size(), 50u);
  dir_.write("a.yml", targets(0, 40));
  EXPECT_TRUE(run_until([&] { return manager_.held_changes() == 0; }));
  EXPECT_EQ(names().size(), 40u);
}

TEST_F(InventoryManagerTest, a_hold_of_one_group_leaves_the_others_free) {
  dir_.write("a.yml", targets(0, 20));
  dir_.write("b.yml", "- targets: [b]");
  manager_.reload(settings_from("inventory: [{group: g, file_sd: [{files: ['" + dir_.path("a.yml") +
                                "']}]}, {group: h, file_sd: [{files: ['" + dir_.path("b.yml") + "']}]}]"));
  replace("a.yml", "[]");
  replace("b.yml", "- targets: [b2]");
  EXPECT_TRUE(
      run_until([&] { return manager_.held_changes() == 1 && manager_.snapshot()->count("b2:3389") == 1; }));
  EXPECT_EQ(names().size(), 21u);
  EXPECT_EQ(manager_.snapshot()->count("b:3389"), 0u);
}

TEST_F(InventoryManagerTest, of_duplicates_the_configuration_and_then_the_first_wins) {
  dir_.write("a.yml", "- targets: [a, b, b, c]");
  dir_.write("b.yml", "- targets: [b, d]");
  manager_.reload(settings_from("inventory: [{group: g, file_sd: [{files: ['" + dir_.path("a.yml") +
                                "']}]}, {group: h, targets: [c], file_sd: [{files: ['" + dir_.path("b.yml") +
                                "']}]}]"));
  EXPECT_THAT(names(), ElementsAre("a:3389", "b:3389", "c:3389", "d:3389"));
  EXPECT_EQ(manager_.snapshot()->at("b:3389")->group, "g");
  EXPECT_EQ(manager_.snapshot()->at("c:3389")->group, "h");
  EXPECT_EQ(manager_.snapshot()->at("c:3389")->source, "static");
  EXPECT_EQ(manager_.status().discovered_duplicates, 3u);
  EXPECT_THAT(manager_.status().targets_by_source, ElementsAre(Pair("file_sd", 3), Pair("static", 1)));
}

TEST_F(InventoryManagerTest, folders_of_an_earlier_configuration_are_watched_no_more) {
  dir_.write("a.yml", "- targets: [a]");
  manager_.reload(discovering());
  fs::create_directory(dir_.path("sub"));
  manager_.reload(
      settings_from("inventory: [{group: g, file_sd: [{files: ['" + dir_.path("sub/*.yml") + "']}]}]"));
  EXPECT_THAT(names(), IsEmpty());
  dir_.write("a.yml", "- targets: [b]");
  dir_.write("sub/c.yml", "- targets: [c]");
  EXPECT_TRUE(run_until([&] { return !names().empty(); }));
  EXPECT_THAT(names(), ElementsAre("c:3389"));
}

TEST_F(InventoryManagerTest, after_stop_nothing_is_left_to_run) {
  dir_.write("a.yml", "- targets: [a]");
  manager_.reload(discovering("1s"));
  dir_.write("a.yml", "- targets: [b]");
  manager_.stop();
  io_.restart();
  io_.run();  // Returns only because no work is left.
  EXPECT_THAT(names(), ElementsAre("a:3389"));
  manager_.reload(settings_from("inventory: []"));
  EXPECT_THAT(names(), ElementsAre("a:3389")) << "a stopped manager stays as it is";
}

TEST(InventoryManagerLifetime, may_end_while_an_event_is_on_its_way) {
  test::TempDir dir;
  boost::asio::io_context io;
  int changes = 0;
  auto manager = std::make_unique<InventoryManager>(
      io.get_executor(), [&](std::shared_ptr<const Snapshot>) { ++changes; },
      [](Severity, const std::string&) {}, 0ms);
  manager->reload(
      settings_from("inventory: [{group: g, file_sd: [{files: ['" + dir.path("*.yml") + "']}]}]"));
  dir.write("a.yml", "- targets: [a]");
  io.run_one_for(5s);  // The descriptor is readable; the timer that follows is still to come.
  manager.reset();
  io.restart();
  io.run();
  EXPECT_EQ(changes, 1);
}

}  // namespace
}  // namespace rdpwatch::inventory
