#include "daemon/events/line_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace rdpwatch::events {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr mode_t kMode = 0640;

/// -1 with errno when it can't be opened. A pipe that nobody reads must not stop the start, and one that is
/// full must not stop the writer; for a file O_NONBLOCK means nothing.
int open_for_append(const std::string& path) {
  if (path == "-") return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  return open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, kMode);
}

std::string why(int error) {
  return std::strerror(error);  // NOLINT: glibc's is thread-safe for errors that exist
}

}  // namespace

LineFile::LineFile(std::string path, LineFileHooks hooks)
    : path_(std::move(path)), hooks_(std::move(hooks)), file_(open_for_append(path_)) {
  if (file_ < 0) throw std::runtime_error("can't open " + path_ + ": " + why(errno));
  thread_ = std::thread([this] { run(); });
}

LineFile::~LineFile() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    give_up_at_ = std::chrono::steady_clock::now() + kLastWrites;
  }
  news_.notify_one();
  thread_.join();
  close(file_);
}

void LineFile::write(std::string line) {
  line += '\n';
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() < kMostWaitingLines && waiting_bytes_ + line.size() <= kMostWaitingBytes) {
      waiting_bytes_ += line.size();
      waiting_.push_back(std::move(line));
      news_.notify_one();
      return;
    }
  }
  lose(1, "it takes lines more slowly than they come");
}

void LineFile::reopen() {
  const std::scoped_lock lock(mutex_);
  if (!waiting_.empty() && waiting_.back().empty()) return;
  waiting_.emplace_back();
  news_.notify_one();
}

void LineFile::run() {
  while (true) {
    std::string line;
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      line = std::move(waiting_.front());
      waiting_.pop_front();
      waiting_bytes_ -= line.size();
    }
    if (out_of_time()) return give_up();
    if (line.empty()) {
      open_anew();
    } else {
      put(std::move(line));
    }
  }
}

void LineFile::open_anew() {
  if (path_ == "-") return;
  const int file = open_for_append(path_);
  if (file < 0) {
    hooks_.trouble("it can't be opened anew, the old file goes on: " + why(errno));
    return;
  }
  close(file_);
  file_ = file;
  broken_line_ = false;
}

void LineFile::put(std::string line) {
  // What was cut off ends here, so that this line can be read.
  const std::size_t before = broken_line_ ? 1 : 0;
  if (broken_line_) line.insert(0, "\n");
  std::size_t written = 0;
  while (written < line.size()) {
    // A pipe that is ready has room for so much, so a write to stdout, which may block, does not.
    const auto piece = std::string_view(line).substr(written, PIPE_BUF);
    if (!put_piece(piece, written)) {
      const std::string error = errno == 0 ? "nobody reads it" : why(errno);
      broken_line_ = written == 0 ? broken_line_ : written > before;
      return lose(1, error);
    }
  }
  broken_line_ = false;
  if (in_trouble_.exchange(false)) hooks_.recovered();
}

/// False with errno when the file does not take it, with 0 when there is no time left.
bool LineFile::put_piece(std::string_view piece, std::size_t& written) {
  while (true) {
    pollfd ready{file_, POLLOUT, 0};
    if (poll(&ready, 1, kPollMilliseconds) > 0) {
      const ssize_t count = ::write(file_, piece.data(), piece.size());
      if (count > 0) {
        written += static_cast<std::size_t>(count);
        return true;
      }
      if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    }
    if (out_of_time()) {
      errno = 0;
      return false;
    }
  }
}

bool LineFile::out_of_time() {
  const std::scoped_lock lock(mutex_);
  return stopping_ && std::chrono::steady_clock::now() >= give_up_at_;
}

void LineFile::lose(std::uint64_t lines, const std::string& reason) {
  hooks_.lost(lines);
  if (!in_trouble_.exchange(true)) hooks_.trouble(reason);
}

void LineFile::give_up() {
  std::uint64_t left = 1;
  {
    const std::scoped_lock lock(mutex_);
    left += waiting_.size();
  }
  lose(left, "nobody reads it");
}

}  // namespace rdpwatch::events
