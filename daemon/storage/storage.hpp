#pragma once
// Storage: keeps the fleet's state and the journal in a file, so that a restart is invisible. Probing never
// waits for it: a thread of its own writes what changed, every few seconds, and whatever happens to the file
// the daemon goes on in memory, says so, tries again, and then writes all that was missed. Thread-safe, but
// for load(), which comes first.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "daemon/events/journal.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/storage/state_file.hpp"

namespace rdpwatch::storage {

/// For the daemon's own metrics.
struct StorageStatus {
  bool working = false;      ///< the last attempt to write, or to open, succeeded
  std::string error;         ///< why not; empty while working
  std::uint64_t errors = 0;  ///< attempts that failed
  std::uintmax_t bytes = 0;  ///< size on disk
  std::optional<fleet::WallTime> last_write;
};

struct StorageOptions {
  std::string path;
  std::chrono::milliseconds batch = std::chrono::seconds(5);  ///< between two batches: what a crash may cost
  std::chrono::milliseconds longest_retry = std::chrono::minutes(1);  ///< between two attempts that fail
  std::chrono::milliseconds sweep =
      std::chrono::minutes(10);  ///< between two looks for endpoints that are gone
  std::chrono::hours keep_gone = std::chrono::hours(24 * 7);  ///< how long an endpoint that is gone is kept
};

class Storage {
 public:
  enum class Severity : std::uint8_t { info, warning, error };
  /// Called from the thread that calls load(), and from the storage's own.
  using OnMessage = std::function<void(Severity, const std::string&)>;

  /// `store` and `journal` must outlive this.
  Storage(StorageOptions options, fleet::ResultStore& store, events::Journal& journal, OnMessage on_message);
  ~Storage();  ///< stop()
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  /// Hands what the file has to the store and the journal, before any endpoint is put there and any event is
  /// added. A file that can't be used is said in a message, and both begin empty.
  void load();
  /// What keep() was given last before the restart; empty when there is nothing. After load().
  std::string kept(const std::string& name) const;
  /// Keeps a small text over a restart. What changed by then is written with it, at once: somebody has been
  /// told that it is so. For what happens seldom.
  void keep(const std::string& name, std::string text);

  /// Begins to write.
  void start();
  /// Writes what is left, once, and lets go of the file.
  void stop();

  StorageStatus status() const;

 private:
  void run();
  /// One attempt to bring the file up to date. Whether it succeeded.
  bool write_batch();
  bool open();
  void write_changes();
  void write_events();
  void write_documents();
  void sweep_if_due();
  void failed(const std::exception& error);
  void succeeded();

  const StorageOptions options_;
  fleet::ResultStore& store_;
  events::Journal& journal_;
  const OnMessage on_message_;

  // Of load(), then of the thread.
  std::unique_ptr<StateFile> file_;
  std::uint64_t written_revision_ = 0;  ///< all changes of the store up to it are in the file
  bool loaded_ = false;                 ///< the journal goes on from what the file had
  std::int64_t written_event_ = 0;      ///< id of the last event that is in the file
  std::int64_t event_shift_ = 0;        ///< from ids of the journal to those in the file
  std::chrono::steady_clock::time_point next_sweep_;

  mutable std::mutex mutex_;  ///< of what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  bool urgent_ = false;  ///< the next batch is due now
  StorageStatus status_;
  Documents documents_;  ///< the newest of each
  bool documents_written_ = true;
  std::thread thread_;
};

}  // namespace rdpwatch::storage
