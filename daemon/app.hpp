#pragma once
// App: the daemon. Owns every room's part, starts them in order and stops them in reverse.
//
// Threads: the control thread (signals, configuration, inventory) is the caller's; each scheduler worker and
// the HTTP server have their own. Nothing that takes time ever runs on a worker.

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "daemon/cli/serve.hpp"
#include "daemon/event_log.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/events/line_file.hpp"
#include "daemon/fleet/result_store.hpp"
#include "daemon/fleet_observer.hpp"
#include "daemon/inventory/inventory_manager.hpp"
#include "daemon/judgement_log.hpp"
#include "daemon/maintenance/maintenances.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/scheduling/gate.hpp"
#include "daemon/scheduling/scheduler.hpp"
#include "daemon/service_link.hpp"
#include "daemon/storage/storage.hpp"
#include "daemon/web.hpp"

namespace rdpwatch {

class App {
 public:
  /// `settings` are valid. Throws std::runtime_error when an address can't be listened on.
  App(cli::ServeOptions options, config::Settings settings);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Runs until SIGTERM or SIGINT, then stops within five seconds. The exit code.
  int run();

 private:
  void put_into_force(config::Settings settings);
  void inventory_changed(std::shared_ptr<const inventory::Snapshot> snapshot);
  /// Reads the configuration file again; the errors, one a line, when it is bad and everything stays as it
  /// was.
  std::string reload();
  std::string load_and_put_into_force();
  void reload_failed(std::string_view message, const std::string& errors);
  void take_event(const events::Event& event);
  std::vector<service::Loop> loops();
  void open_storage();
  void publish_inventory_status();
  void tick_maintenance();
  void publish_storage_status();
  void judge_fleet();
  void await_signal();
  void await_next_publication();
  void stop();

  cli::ServeOptions options_;
  config::Settings settings_;
  std::uint64_t descriptor_limit_;
  bool stopping_ = false;

  boost::asio::io_context control_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer publication_;

  metrics::SelfMetrics self_metrics_;
  fleet::ResultStore store_;
  maintenance::Maintenances maintenances_;
  events::Journal journal_;
  std::unique_ptr<events::LineFile> events_file_;  ///< null without --events.file
  EventLog event_log_{journal_};
  std::unique_ptr<storage::Storage> storage_;  ///< null when the state is kept in memory only
  FleetObserver observer_;
  JudgementLog judgement_log_{event_log_};
  ServiceLink service_;
  std::shared_ptr<scheduling::Gate> gate_;
  std::unique_ptr<scheduling::Scheduler> scheduler_;
  std::unique_ptr<inventory::InventoryManager> inventory_;
  std::shared_ptr<const inventory::Snapshot> known_inventory_;  ///< null before the first
  std::map<std::string, std::uint64_t> published_refresh_failures_;
  std::size_t logged_duplicates_ = 0;
  std::unique_ptr<Web> web_;
};

}  // namespace rdpwatch
