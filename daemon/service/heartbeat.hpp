#pragma once
// Heartbeat: the proof that the daemon's event loops are alive. It asks each loop to run a small piece of
// work, and calls `alive` only when every one of them has done so since it was asked: a timer of one thread
// would say nothing of the others.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rdpwatch::service {

struct Loop {
  std::string name;  ///< for people: "http"
  boost::asio::any_io_executor executor;
};

class Heartbeat {
 public:
  struct Told {
    std::function<void()> alive;
    /// A loop has not answered for half the period; once until it answers again.
    std::function<void(const std::string& loop)> late;
  };

  /// Runs on `own`, where `told` is called too; the first `alive` comes a quarter of the period after the
  /// start, and then one every quarter. `period`: more than 4 microseconds. A loop has one question waiting
  /// at most, however long it hangs.
  Heartbeat(const boost::asio::any_io_executor& own, std::chrono::microseconds period,
            std::vector<Loop> loops, Told told);
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// On `own`. After stop() the loops may go.
  void start();
  void stop();

 private:
  struct Asked {
    Loop loop;
    std::shared_ptr<std::atomic<bool>> answered;
    int waiting = 0;  ///< quarters of the period
  };

  static void ask(Asked& asked);
  void look();
  void await_next_look();

  boost::asio::steady_timer timer_;
  std::chrono::microseconds quarter_;
  std::vector<Asked> asked_;
  Told told_;
  bool stopped_ = false;
};

}  // namespace rdpwatch::service
