#pragma once
// InventoryManager: keeps the snapshot of targets up to date from the configuration and its discovery files.
//
// Thread rule: construct it, call it and let it call back on one thread only, the control thread, whose
// io_context the executor belongs to. It reads and parses files there, which takes about half a second for
// 50,000 targets: never give it the io_context of a worker that probes or of the HTTP server. Snapshots are
// immutable and may go anywhere.

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/inventory/group_discovery.hpp"
#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::inventory {

enum class Severity { info, warning };

/// For the daemon's own metrics.
struct InventoryStatus {
  std::map<std::string, std::size_t> targets_by_source;  ///< "static" and "file_sd", both always there
  std::size_t discovered_duplicates = 0;                 ///< discovered, but their name was there already
  std::vector<HeldChange> held_changes;                  ///< by group, in the configuration's order
  std::map<std::string, std::uint64_t>
      refresh_failures;  ///< by mechanism, from 0: files that were bad in a refresh
  /// By mechanism: when a file_sd section was last refreshed without a failure; absent before the first time.
  std::map<std::string, std::chrono::system_clock::time_point> last_refresh_success;
};

class InventoryManager {
 public:
  using OnChange = std::function<void(std::shared_ptr<const Snapshot>)>;
  using OnMessage = std::function<void(Severity, const std::string&)>;

  /// Nothing happens before the first reload(). The callbacks may call everything but reload(). `settle`: how
  /// long discovery files must have been quiet before they are read again.
  InventoryManager(boost::asio::any_io_executor executor, OnChange on_change, OnMessage on_message,
                   std::chrono::milliseconds settle = std::chrono::milliseconds(100));
  ~InventoryManager();
  InventoryManager(const InventoryManager&) = delete;
  InventoryManager& operator=(const InventoryManager&) = delete;

  /// Puts a configuration into force, at start and whenever somebody asks for a reload: reads all discovery
  /// files and accepts every change, held ones included. Calls on_change before it returns if the snapshot
  /// differs from the last one, and always the first time. Unchanged targets keep their TargetPtr. Bad
  /// discovery files are messages and counts, never a failure of the reload.
  void reload(config::Settings settings);

  /// Stops watching and cancels all timers, so that the executor has no work of ours left. No callback comes
  /// after it.
  void stop();

  /// Never null; empty before the first reload().
  std::shared_ptr<const Snapshot> snapshot() const;
  InventoryStatus status() const;
  /// What `inventory_held_changes` counts: groups with a held update.
  std::size_t held_changes() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rdpwatch::inventory
