#include "daemon/scheduling/gate.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <string>
#include <utility>

#include "daemon/scheduling/gate_state.hpp"

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

/// Holds a waiter's place; whatever way the coroutine ends, its frame's destruction included, the place is
/// given back.
class Ticket {
 public:
  Ticket(std::shared_ptr<GateState> state, GateWaiterPtr waiter)
      : state_(std::move(state)), waiter_(std::move(waiter)) {}
  ~Ticket() {
    if (waiter_) state_->leave(waiter_);
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  /// The granted place now belongs to the slot.
  transport::ConnectionSlot into_slot() {
    const GateWaiterPtr waiter = std::move(waiter_);
    return transport::ConnectionSlot(
        [state = state_, endpoint = waiter->endpoint] { state->release(endpoint); });
  }

 private:
  std::shared_ptr<GateState> state_;
  GateWaiterPtr waiter_;
};

/// One host behind an IPv4 address and behind its IPv6-mapped form is one host.
asio::ip::tcp::endpoint normalised(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return endpoint;
  return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()), endpoint.port()};
}

}  // namespace

Gate::Gate(GateOptions options) : state_(std::make_shared<GateState>(options)) {}
Gate::~Gate() = default;

asio::awaitable<transport::Admission> Gate::admit(asio::ip::tcp::endpoint endpoint,
                                                  std::optional<handshake::TimePoint> deadline) {
  const auto state = state_;  // the gate may be gone before the coroutine is
  const auto executor = co_await asio::this_coro::executor;
  const auto own_limit = handshake::Clock::now() + state->max_wait();
  const auto waiter = std::make_shared<GateWaiter>(executor, normalised(endpoint), deadline, own_limit);
  auto look_again_at = state->enter(waiter);
  Ticket ticket(state, waiter);
  while (look_again_at) {
    // Asked before each wait: a cancellation that came earlier wakes no timer.
    const auto before = co_await asio::this_coro::cancellation_state;
    if (before.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    waiter->timer.expires_at(*look_again_at);
    boost::system::error_code ignored;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    look_again_at = state->look_again(waiter);
  }
  const auto at_end = co_await asio::this_coro::cancellation_state;
  if (at_end.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  transport::Admission admission;
  if (waiter->stage == GateWaiter::Stage::granted) {
    admission.slot = ticket.into_slot();
    admission.granted = true;
  } else {
    admission.denied_why = std::string(waiter->denied_why);
  }
  co_return admission;
}

void Gate::set_limits(GateLimits limits) {
  state_->set_limits(limits);
}
void Gate::stop() {
  state_->stop();
}
GateCounters Gate::counters() const {
  return state_->counters();
}

}  // namespace rdpwatch::scheduling
