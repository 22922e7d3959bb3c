#include "daemon/inventory/directory_watcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace rdpwatch::inventory {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

class DirectoryWatcherTest : public testing::Test {
 protected:
  DirectoryWatcherTest() {
    fs::create_directory(one_);
    fs::create_directory(two_);
  }

  /// Runs until a callback has come; false when none came in 20 s.
  bool run_until_called() {
    const std::size_t before = calls_.size();
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (calls_.size() == before && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();
      io_.run_one_for(100ms);
    }
    return calls_.size() > before;
  }

  test::TempDir dir_;
  const std::string one_ = dir_.path("one");
  const std::string two_ = dir_.path("two");
  boost::asio::io_context io_;
  std::vector<std::set<std::string>> calls_;
  /// Without a time to settle, all that is to come of an event comes with the event: poll() is enough.
  DirectoryWatcher watcher_{io_.get_executor(), 0ms, [this](std::set<std::string> directories) {
                              calls_.push_back(std::move(directories));
                            }};
};

TEST_F(DirectoryWatcherTest, tells_the_folder_in_which_something_happened) {
  EXPECT_THAT(watcher_.watch({one_, two_}), IsEmpty());
  dir_.write("two/a", "x");
  ASSERT_TRUE(run_until_called());
  EXPECT_THAT(calls_[0], ElementsAre(two_));
}

TEST_F(DirectoryWatcherTest, waits_for_a_file_that_has_only_been_begun) {
  watcher_.watch({one_});
  std::ofstream file(dir_.path("one/a"));
  file << "half" << std::flush;
  io_.run_one_for(20s);
  io_.poll();
  EXPECT_THAT(calls_, IsEmpty());
  file.close();
  EXPECT_TRUE(run_until_called());
}

TEST_F(DirectoryWatcherTest, endless_events_do_not_put_it_off_for_ever) {
  int calls = 0;
  DirectoryWatcher patient(io_.get_executor(), 25ms, [&](const std::set<std::string>&) { ++calls; });
  patient.watch({one_});
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (calls == 0 && std::chrono::steady_clock::now() < deadline) {
    dir_.write("one/a", "x");
    io_.run_one_for(1ms);
  }
  EXPECT_EQ(calls, 1);
}

TEST_F(DirectoryWatcherTest, what_cannot_be_watched_is_told_with_the_reason) {
  dir_.write("file", "x");
  EXPECT_THAT(watcher_.watch({dir_.path("absent"), dir_.path("file"), one_}),
              ElementsAre(Pair(dir_.path("absent"), "No such file or directory"),
                          Pair(dir_.path("file"), "Not a directory")));
  dir_.write("one/a", "x");
  EXPECT_TRUE(run_until_called());
}

TEST_F(DirectoryWatcherTest, two_paths_to_one_folder_are_both_told_and_one_may_go) {
  const std::string link = dir_.path("link");
  fs::create_directory_symlink(one_, link);
  watcher_.watch({one_, link});
  dir_.write("one/a", "x");
  ASSERT_TRUE(run_until_called());
  EXPECT_THAT(calls_.back(), ElementsAre(link, one_));
  watcher_.watch({one_});
  dir_.write("one/a", "y");
  ASSERT_TRUE(run_until_called());
  EXPECT_THAT(calls_.back(), ElementsAre(one_));
}

TEST_F(DirectoryWatcherTest, a_path_that_leads_to_another_folder_is_followed_when_watched_again) {
  const std::string link = dir_.path("link");
  fs::create_directory_symlink(one_, link);
  watcher_.watch({link, one_});
  fs::remove(link);
  fs::create_directory_symlink(two_, link);
  EXPECT_THAT(watcher_.watch({link, one_}), IsEmpty());
  dir_.write("two/a", "x");
  ASSERT_TRUE(run_until_called());
  EXPECT_THAT(calls_.back(), ElementsAre(link));
  dir_.write("one/a", "x");
  ASSERT_TRUE(run_until_called());
  EXPECT_THAT(calls_.back(), ElementsAre(one_));
}

TEST_F(DirectoryWatcherTest, a_folder_moved_away_or_deleted_is_an_event_and_can_be_watched_again) {
  watcher_.watch({one_});
  fs::rename(one_, dir_.path("away"));
  ASSERT_TRUE(run_until_called());
  fs::create_directory(one_);
  EXPECT_THAT(watcher_.watch({one_}), IsEmpty());
  fs::remove(one_);
  ASSERT_TRUE(run_until_called());
  fs::create_directory(one_);
  EXPECT_THAT(watcher_.watch({one_}), IsEmpty());
  dir_.write("one/a", "x");
  EXPECT_TRUE(run_until_called());
}

TEST_F(DirectoryWatcherTest, says_nothing_after_stop) {
  watcher_.watch({one_});
  dir_.write("one/a", "x");
  watcher_.stop();
  io_.restart();
  io_.run();
  EXPECT_THAT(calls_, IsEmpty());
  EXPECT_THAT(watcher_.watch({one_}), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::inventory
