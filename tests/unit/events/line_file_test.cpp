#include "daemon/events/line_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace rdpwatch::events {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class LineFileTest : public testing::Test {
 protected:
  LineFileTest() {
    std::string pattern = (fs::temp_directory_path() / "rdpwatch-lines-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~LineFileTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string text(const std::string& name) const {
    std::ifstream file(folder_ / name);
    std::stringstream out;
    out << file.rdbuf();
    return out.str();
  }

  /// What the hooks were told; to be read when the file is closed.
  LineFileHooks hooks() {
    return {[this](std::uint64_t lines) { lost_ += lines; },
            [this](const std::string& what) {
              const std::scoped_lock lock(mutex_);
              troubles_.push_back(what);
            },
            [this] { ++recoveries_; }};
  }

  fs::path folder_;
  std::mutex mutex_;
  std::vector<std::string> troubles_;
  std::atomic<std::uint64_t> lost_ = 0;
  std::atomic<int> recoveries_ = 0;
};

TEST_F(LineFileTest, AppendsLinesInTheirOrder) {
  std::ofstream(path("e")) << "before\n";
  {
    LineFile file(path("e"), hooks());
    for (int i = 0; i < 3; ++i) file.write("line " + std::to_string(i));
  }
  EXPECT_EQ(text("e"), "before\nline 0\nline 1\nline 2\n");
  EXPECT_EQ(lost_, 0u);
  EXPECT_THAT(troubles_, IsEmpty());
}

TEST_F(LineFileTest, IsMadeWhereThereIsNoneForItsOwnerAndGroupAlone) {
  { LineFile file(path("new"), hooks()); }
  struct stat made {};
  ASSERT_EQ(stat(path("new").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 07, 0u);
}

TEST_F(LineFileTest, AFileThatWasMovedAwayIsMadeAnewAndNoLineIsLost) {
  {
    LineFile file(path("e"), hooks());
    file.write("one");
    fs::rename(path("e"), path("e.1"));
    file.write("two");
    file.reopen();
    file.write("three");
    file.reopen();
    file.reopen();
  }
  EXPECT_EQ(text("e.1"), "one\ntwo\n");
  EXPECT_EQ(text("e"), "three\n");
}

TEST_F(LineFileTest, WhatCantBeOpenedAnewGoesOnAsItWas) {
  {
    LineFile file(path("e"), hooks());
    fs::rename(path("e"), path("e.1"));
    fs::create_directory(path("e"));
    file.reopen();
    file.write("one");
  }
  EXPECT_EQ(text("e.1"), "one\n");
  EXPECT_THAT(troubles_, ElementsAre("it can't be opened anew, the old file goes on: Is a directory"));
}

TEST_F(LineFileTest, WhatCantBeOpenedAtAllIsAnErrorThatSaysSo) {
  const std::string absent = path("absent") + "/e";
  try {
    LineFile file(absent, hooks());
    ADD_FAILURE() << "it was opened";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), "can't open " + absent + ": No such file or directory");
  }
}

TEST_F(LineFileTest, AFullDiskCostsLinesAndIsSaidOnce) {
  {
    LineFile file("/dev/full", hooks());
    for (int i = 0; i < 3; ++i) file.write("line");
  }
  EXPECT_EQ(lost_, 3u);
  EXPECT_THAT(troubles_, ElementsAre("No space left on device"));
  EXPECT_EQ(recoveries_, 0);
}

TEST_F(LineFileTest, APipeThatNobodyEmptiesBlocksNoCallerAndNotTheEnd) {
  ASSERT_EQ(mkfifo(path("p").c_str(), 0600), 0);
  const int reader = open(path("p").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  const auto begun = std::chrono::steady_clock::now();
  {
    LineFile file(path("p"), hooks());
    for (std::size_t i = 0; i < kMostWaitingLines + 1000; ++i) file.write(std::string(100, 'x'));
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  close(reader);
  EXPECT_LT(took, kLastWrites + std::chrono::seconds(5));
  EXPECT_GT(lost_, 1000u);
  EXPECT_THAT(troubles_, testing::SizeIs(1));
}

TEST_F(LineFileTest, APipeThatIsEmptiedAgainGetsWholeLinesAgain) {
  ASSERT_EQ(mkfifo(path("p").c_str(), 0600), 0);
  const int reader = open(path("p").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  std::string read_so_far;
  const auto read_until = [&](auto done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < end) {
      std::string piece(65536, '\0');
      const ssize_t count = read(reader, piece.data(), piece.size());
      if (count > 0) read_so_far.append(piece, 0, static_cast<std::size_t>(count));
    }
    return done();
  };
  {
    LineFile file(path("p"), hooks());
    for (std::size_t i = 0; i < kMostWaitingLines + 2000; ++i) file.write(std::string(100, 'x'));
    EXPECT_TRUE(read_until([&] { return recoveries_ == 1; }));
    file.write("the end");
    EXPECT_TRUE(read_until([&] { return read_so_far.ends_with("the end\n"); }));
  }
  close(reader);
  std::istringstream lines(read_so_far);
  std::size_t whole = 0;
  for (std::string line; std::getline(lines, line);) whole += line == std::string(100, 'x') ? 1 : 0;
  EXPECT_EQ(whole + lost_, kMostWaitingLines + 2000);
}

}  // namespace
}  // namespace rdpwatch::events
