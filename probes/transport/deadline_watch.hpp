#pragma once
// DeadlineWatch: one timer a connection that cancels what the socket waits for when a deadline passes. It is
// armed anew only when the deadline changes, which is once a phase.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::transport {

/// Held by shared_ptr, because its timer's handler may run after the connection is gone.
class DeadlineWatch : public std::enable_shared_from_this<DeadlineWatch> {
 public:
  explicit DeadlineWatch(boost::asio::ip::tcp::socket& socket)
      : timer_(socket.get_executor()), socket_(&socket) {}

  void arm(handshake::TimePoint deadline) {
    if (armed_for_ == deadline) return;
    armed_for_ = deadline;
    expired_ = false;
    timer_.expires_at(deadline);
    // A handler of the deadline before this one may be queued already; its number tells that it is stale.
    timer_.async_wait(
        [self = shared_from_this(), number = ++number_](const boost::system::error_code& error) {
          if (error || number != self->number_ || self->socket_ == nullptr) return;
          self->expired_ = true;
          boost::system::error_code ignored;
          self->socket_->cancel(ignored);
        });
  }

  /// The socket is about to go; nothing is cancelled any more.
  void disarm() {
    ++number_;
    armed_for_.reset();
    timer_.cancel();
  }
  void detach() {
    disarm();
    socket_ = nullptr;
  }

  bool expired() const { return expired_; }

 private:
  boost::asio::steady_timer timer_;
  boost::asio::ip::tcp::socket* socket_;
  std::optional<handshake::TimePoint> armed_for_;
  std::uint64_t number_ = 0;
  bool expired_ = false;
};

}  // namespace rdpwatch::transport
