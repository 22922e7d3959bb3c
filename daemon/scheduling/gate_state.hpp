#pragma once
// The gate's books: who is in flight, who waits where. Internal to the gate. Thread-safe; every call holds
// one mutex for microseconds. Wakes a waiter by posting to its executor, under the mutex, so that a waiter
// that has left (and whose event loop may be gone) is never posted to.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "daemon/scheduling/connection_pace.hpp"
#include "daemon/scheduling/gate.hpp"

namespace rdpwatch::scheduling {

struct GateWaiter;
using GateWaiterPtr = std::shared_ptr<GateWaiter>;
using GateQueue = std::list<GateWaiterPtr>;

struct GateWaiter {
  enum class Stage : std::uint8_t { endpoint, subnet, global, granted, denied };

  GateWaiter(const boost::asio::any_io_executor& executor, boost::asio::ip::tcp::endpoint to,
             std::optional<handshake::TimePoint> deadline, handshake::TimePoint limit_without)
      : endpoint(std::move(to)),
        limit(deadline.value_or(limit_without)),
        callers_limit(deadline.has_value()),
        timer(executor) {}

  const boost::asio::ip::tcp::endpoint endpoint;
  const handshake::TimePoint limit;
  const bool callers_limit;         ///< the limit is the caller's deadline, not the gate's own bound
  boost::asio::steady_timer timer;  ///< touched on its executor only

  // Guarded by the gate's mutex until decided.
  Stage stage = Stage::endpoint;
  GateQueue::iterator place;
  std::string_view denied_why;
};

class GateState {
 public:
  explicit GateState(GateOptions options);

  /// Both give the moment at which the waiter has to look again, or nothing once it is granted or denied.
  std::optional<handshake::TimePoint> enter(const GateWaiterPtr& waiter);
  std::optional<handshake::TimePoint> look_again(const GateWaiterPtr& waiter);
  /// The waiter gives up, whatever stage it is in; a slot that it was granted is released.
  void leave(const GateWaiterPtr& waiter);
  void release(const boost::asio::ip::tcp::endpoint& endpoint);

  void set_limits(GateLimits limits);
  void stop();
  GateCounters counters() const;
  handshake::Duration max_wait() const { return options_.max_wait; }

 private:
  using TimePoint = handshake::TimePoint;
  using Endpoint = boost::asio::ip::tcp::endpoint;
  struct EndpointEntry {
    ConnectionPace pace;
    bool taken = false;  ///< one connection is past this stage: in flight, or waiting for a place
    GateQueue queue;
  };
  struct SubnetEntry {
    std::size_t taken = 0;  ///< in flight, or waiting for a global place
    GateQueue queue;
  };
  using Subnets = std::unordered_map<boost::asio::ip::address, SubnetEntry>;

  std::optional<TimePoint> advance(const GateWaiterPtr& waiter, TimePoint now);
  std::optional<TimePoint> advance_at_endpoint(const GateWaiterPtr& waiter, TimePoint now);
  void to_subnet(const GateWaiterPtr& waiter, TimePoint now);
  void to_global(const GateWaiterPtr& waiter, TimePoint now);
  void grant(const GateWaiterPtr& waiter, TimePoint now);
  void refuse(const GateWaiterPtr& waiter, std::string_view why, TimePoint now);
  void withdraw(const GateWaiterPtr& waiter, TimePoint now);
  void release_locked(const Endpoint& endpoint, TimePoint now);
  void free_endpoint(const Endpoint& endpoint, TimePoint now);
  void free_subnet(const Endpoint& endpoint, TimePoint now);
  void fill_subnet(SubnetEntry& subnet, TimePoint now);
  void fill_global(TimePoint now);
  void forget_idle(TimePoint now);
  PaceRules rules() const;

  const GateOptions options_;
  mutable std::mutex mutex_;
  GateLimits limits_;
  bool stopping_ = false;
  std::size_t in_flight_ = 0;
  std::size_t waiting_ = 0;
  std::unordered_map<Endpoint, EndpointEntry> endpoints_;
  Subnets subnets_;
  GateQueue global_queue_;
  /// When released endpoints may be forgotten, in the order of time: one entry a release.
  std::deque<std::pair<TimePoint, Endpoint>> forget_at_;
};

}  // namespace rdpwatch::scheduling
