#pragma once
// DirectoryWatcher: says when something happened in one of a set of directories, by inotify. Directories are
// watched rather than files, because editors and configuration management replace a file instead of writing
// into it.

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace rdpwatch::inventory {

/// Not thread-safe: everything, the callback included, runs on the executor's one thread.
class DirectoryWatcher {
 public:
  using Callback = std::function<void(std::set<std::string> directories)>;

  /// The callback gets the directories in which something happened, `settle` after the last event, but at the
  /// latest twenty times `settle` after the first.
  DirectoryWatcher(boost::asio::any_io_executor executor, std::chrono::milliseconds settle,
                   Callback callback);
  ~DirectoryWatcher();
  DirectoryWatcher(const DirectoryWatcher&) = delete;
  DirectoryWatcher& operator=(const DirectoryWatcher&) = delete;

  /// Watches exactly these from now on. Returns the ones that can't be watched (missing, forbidden, the
  /// system's limit reached) each with the system's words; call it again to try them again.
  std::set<std::pair<std::string, std::string>> watch(const std::set<std::string>& directories);

  /// Ends everything: no callback comes any more, and the executor has no work of ours left.
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rdpwatch::inventory
