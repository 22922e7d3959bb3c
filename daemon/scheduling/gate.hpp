#pragma once
// Gate: the politeness that all workers (and a sweep) share. See transport::ConnectionGate for what is
// promised.
//
// A connection passes three stages: its address:port (one in flight, spaced, capped a minute), its subnet,
// and the whole. In each stage it waits in that stage's own queue, first come first served, so a target or a
// subnet at its cap never holds up another.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "probes/transport/connection_gate.hpp"

namespace rdpwatch::scheduling {

class GateState;

/// All at least 1.
struct GateLimits {
  int max_in_flight = 1000;
  int max_in_flight_per_subnet = 64;    ///< each IPv4 /24 and IPv6 /64
  int max_connections_per_minute = 10;  ///< each address:port, in any sliding window
};

struct GateOptions {
  GateLimits limits{};
  /// From the close of one connection to the start of the next to the same address:port.
  handshake::Duration spacing = std::chrono::seconds(1);
  handshake::Duration window = std::chrono::seconds(60);  ///< of max_connections_per_minute
  /// The longest a caller without a deadline waits.
  handshake::Duration max_wait = std::chrono::seconds(60);
};

struct GateCounters {
  std::size_t in_flight = 0;  ///< connections that hold a slot
  std::size_t waiting = 0;
  std::size_t endpoints = 0;  ///< address:port pairs remembered
};

/// Thread-safe. Queues are bounded at four times the limit that they wait for.
class Gate : public transport::ConnectionGate {
 public:
  explicit Gate(GateOptions options);
  ~Gate() override;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// The caller's executor must run one handler at a time (a worker's io_context, or a strand). Not granted:
  /// "rate_cap"    the cap a minute can't be met by the deadline (known at once), or within max_wait;
  /// "deadline"    the spacing, or a place, can't be had by the deadline;
  /// "overloaded"  a queue is full, or without a deadline no place became free within max_wait;
  /// "stopping"    after stop().
  /// A slot may outlive the gate.
  boost::asio::awaitable<transport::Admission> admit(boost::asio::ip::tcp::endpoint endpoint,
                                                     std::optional<handshake::TimePoint> deadline) override;

  /// Takes effect at once: raised limits let waiters in, lowered ones wait for slots to come back.
  void set_limits(GateLimits limits);

  /// Denies all that wait and all that come later. Slots in use stay valid.
  void stop();

  GateCounters counters() const;
  std::size_t in_flight() const { return counters().in_flight; }

 private:
  std::shared_ptr<GateState> state_;
};

}  // namespace rdpwatch::scheduling
