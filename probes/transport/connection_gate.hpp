#pragma once
// ConnectionGate: what a prober asks before it opens a TCP connection. It keeps the promise of not harming
// hosts: one connection in flight an address:port, spaced, capped a minute, capped a subnet and globally.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::transport {

/// Given back (destroyed) when the connection is closed; releases the slots. Movable, may be released on any
/// thread.
class ConnectionSlot {
 public:
  ConnectionSlot() = default;
  explicit ConnectionSlot(std::function<void()> release) : release_(std::move(release)) {}
  ConnectionSlot(ConnectionSlot&& other) noexcept : release_(std::exchange(other.release_, nullptr)) {}
  ConnectionSlot& operator=(ConnectionSlot&& other) noexcept {
    std::swap(release_, other.release_);
    return *this;
  }
  ~ConnectionSlot() {
    if (release_) release_();
  }

 private:
  std::function<void()> release_;
};

struct Admission {
  ConnectionSlot slot;
  bool granted = false;
  std::string denied_why;  ///< "rate_cap", "deadline" or "stopping" when not granted
};

class ConnectionGate {
 public:
  virtual ~ConnectionGate() = default;
  /// Waits until a connection to `endpoint` is allowed, at the latest until `deadline` (none: as long as the
  /// gate's own bound). Completes on the caller's executor. Honours cancellation by throwing
  /// operation_aborted.
  virtual boost::asio::awaitable<Admission> admit(boost::asio::ip::tcp::endpoint endpoint,
                                                  std::optional<handshake::TimePoint> deadline) = 0;
};

}  // namespace rdpwatch::transport
