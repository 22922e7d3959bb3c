#pragma once
// LineFile: lines that are appended to a file by a thread of its own, so that no caller ever waits for a disk
// or for whoever reads a pipe. What the file does not take is lost, counted and said, and never stops
// anybody.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rdpwatch::events {

/// Lines that may wait, and bytes in them.
inline constexpr std::size_t kMostWaitingLines = 10000;
inline constexpr std::size_t kMostWaitingBytes = 16 * 1024 * 1024;
/// What still waits at the end is given this long.
inline constexpr std::chrono::seconds kLastWrites{2};

/// Called on the writing thread or on that of a caller of write(); thread-safe, and never of the LineFile.
struct LineFileHooks {
  std::function<void(std::uint64_t lines)> lost;
  /// Once when trouble begins; `what` is for people: "No space left on device".
  std::function<void(const std::string& what)> trouble;
  /// A line could be written again.
  std::function<void()> recovered;
};

class LineFile {
 public:
  /// `path` is a file, which is made where there is none, or a pipe that somebody reads; "-" is stdout.
  /// Throws std::runtime_error when it can't be opened.
  LineFile(std::string path, LineFileHooks hooks);
  /// Writes what waits, for kLastWrites at most.
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // From any thread; they never block.
  /// `line` without a newline.
  void write(std::string line);
  /// Opens the path anew, after the lines that wait already: the file may have been moved away. When it can't
  /// be opened, the old one goes on.
  void reopen();

 private:
  void run();
  void open_anew();
  void put(std::string line);
  bool put_piece(std::string_view piece, std::size_t& written);
  bool out_of_time();
  void lose(std::uint64_t lines, const std::string& reason);
  void give_up();

  std::string path_;
  LineFileHooks hooks_;
  int file_ = -1;             ///< the writing thread's
  bool broken_line_ = false;  ///< the last line was cut off; the writing thread's
  std::atomic<bool> in_trouble_ = false;

  std::mutex mutex_;  ///< of what follows
  std::condition_variable news_;
  std::deque<std::string> waiting_;  ///< an empty one stands for "open anew"
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point give_up_at_{};
  std::thread thread_;
};

}  // namespace rdpwatch::events
