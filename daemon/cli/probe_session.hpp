#pragma once
// What a command that probes needs for one run: an event loop, the gate, the prober and Ctrl-C.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>

#include "config/settings.hpp"
#include "daemon/scheduling/gate.hpp"
#include "daemon/scheduling/probe_function.hpp"
#include "probes/transport/rdp_prober.hpp"

namespace rdpwatch::cli {

/// Use it once: run one coroutine to its end. Not thread-safe; everything happens on the calling thread.
class ProbeSession {
 public:
  explicit ProbeSession(const config::GlobalSettings& settings);

  /// Probes on the session's event loop. Valid as long as the session.
  scheduling::ProbeFunction probe_function();

  /// Returns when `work` has ended. SIGINT and SIGTERM cancel it, a second one ends the process. An exception
  /// of `work` comes out, but not the one of its being cancelled.
  void run(boost::asio::awaitable<void> work);

  /// Whether a signal cut it short.
  bool interrupted() const { return interrupted_; }

 private:
  boost::asio::io_context io_;
  std::shared_ptr<scheduling::Gate> gate_;
  transport::RdpProber prober_;
  boost::asio::signal_set signals_;
  boost::asio::cancellation_signal cancel_;
  bool interrupted_ = false;
};

}  // namespace rdpwatch::cli
