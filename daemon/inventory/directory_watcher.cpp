#include "daemon/inventory/directory_watcher.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <map>
#include <system_error>

namespace rdpwatch::inventory {

namespace {

namespace asio = boost::asio;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                  IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr int kMostReads = 16;  // A flood of events must not keep the executor from its other work.
constexpr int kPatience = 20;

/// A regular file that has just been created is empty: its IN_CLOSE_WRITE is what to wait for. Links are
/// complete.
bool is_only_begun(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1;
}

}  // namespace

class DirectoryWatcher::Impl : public std::enable_shared_from_this<DirectoryWatcher::Impl> {
 public:
  Impl(asio::any_io_executor executor, std::chrono::milliseconds settle, Callback callback)
      : settle_(settle), callback_(std::move(callback)), descriptor_(executor), timer_(executor) {}

  std::set<std::pair<std::string, std::string>> watch(const std::set<std::string>& directories) {
    std::set<std::pair<std::string, std::string>> failed;
    if (stopped_) return failed;
    if (!descriptor_.is_open() && !directories.empty()) {
      const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
      if (fd < 0) {
        const std::string why = std::generic_category().message(errno);
        for (const std::string& directory : directories) failed.emplace(directory, why);
        return failed;
      }
      descriptor_.assign(fd);
      wait();
    }
    std::set<std::string> no_longer;
    for (const auto& [path, unused] : by_path_) {
      if (directories.count(path) == 0) no_longer.insert(path);
    }
    for (const std::string& path : no_longer) forget_path(path);
    for (const std::string& directory : directories) {
      // Also for one that is watched already: its path may lead to another directory by now.
      const int wd = ::inotify_add_watch(descriptor_.native_handle(), directory.c_str(), kEvents);
      const int error = errno;
      const auto known = by_path_.find(directory);
      if (known != by_path_.end() && known->second != wd) forget_path(directory);
      if (wd < 0) {
        failed.emplace(directory, std::generic_category().message(error));
        continue;
      }
      by_path_[directory] = wd;
      paths_[wd].insert(directory);
    }
    return failed;
  }

  void stop() {
    stopped_ = true;
    callback_ = nullptr;
    timer_.cancel();
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  /// Two paths may lead to the same directory and then share a watch: it goes with the last of them.
  void forget_path(std::string path) {
    const int wd = by_path_.at(path);
    by_path_.erase(path);
    paths_[wd].erase(path);
    if (!paths_[wd].empty()) return;
    paths_.erase(wd);
    ::inotify_rm_watch(descriptor_.native_handle(), wd);
  }

  /// The watch is gone, or is to go because it follows a directory that has been moved away.
  void forget_watch(int wd, bool remove) {
    for (const std::string& path : paths_[wd]) by_path_.erase(path);
    paths_.erase(wd);
    if (remove) ::inotify_rm_watch(descriptor_.native_handle(), wd);
  }

  void wait() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error || self->stopped_) return;
                             self->read_events();
                             self->wait();
                           });
  }

  void read_events() {
    alignas(inotify_event) std::array<char, 64 << 10> buffer;
    for (int i = 0; i < kMostReads; ++i) {
      const ssize_t got = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
      if (got <= 0) return;
      for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        at += sizeof(inotify_event) + event->len;
        take(*event);
      }
    }
  }

  void take(const inotify_event& event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      for (const auto& [path, unused] : by_path_) note(path);
      return;
    }
    const auto known = paths_.find(event.wd);
    if (known == paths_.end()) return;
    const std::string name = event.len > 0 ? event.name : "";
    for (const std::string& path : known->second) {
      if ((event.mask & IN_CREATE) != 0 && is_only_begun(path + "/" + name)) continue;
      note(path);
    }
    if ((event.mask & IN_MOVE_SELF) != 0) {
      forget_watch(event.wd, true);
    } else if ((event.mask & (IN_IGNORED | IN_DELETE_SELF)) != 0) {
      forget_watch(event.wd, false);
    }
  }

  void note(const std::string& directory) {
    const auto now = asio::steady_timer::clock_type::now();
    if (touched_.empty()) latest_ = now + kPatience * settle_;
    touched_.insert(directory);
    timer_.expires_at(std::min(now + settle_, latest_));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      // An expiry that was already queued when a further event moved the timer counts as well: nothing is
      // lost by it.
      if (error || self->stopped_ || self->touched_.empty()) return;
      std::set<std::string> touched;
      touched.swap(self->touched_);
      const Callback callback = self->callback_;
      callback(std::move(touched));
    });
  }

  const std::chrono::milliseconds settle_;
  Callback callback_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer timer_;
  asio::steady_timer::time_point latest_;
  std::map<std::string, int> by_path_;
  std::map<int, std::set<std::string>> paths_;
  std::set<std::string> touched_;
  bool stopped_ = false;
};

DirectoryWatcher::DirectoryWatcher(asio::any_io_executor executor, std::chrono::milliseconds settle,
                                   Callback callback)
    : impl_(std::make_shared<Impl>(std::move(executor), settle, std::move(callback))) {}

DirectoryWatcher::~DirectoryWatcher() {
  stop();
}

std::set<std::pair<std::string, std::string>> DirectoryWatcher::watch(
    const std::set<std::string>& directories) {
  return impl_->watch(directories);
}

void DirectoryWatcher::stop() {
  impl_->stop();
}

}  // namespace rdpwatch::inventory
