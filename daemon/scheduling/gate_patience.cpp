#include "daemon/scheduling/gate_patience.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

using handshake::ProbePlan;
using handshake::ProbeResult;

bool worth_another_try(const ProbeResult& result) {
  return result.verdict == handshake::Verdict::abandoned &&
         (result.abandoned_why == "overloaded" || result.abandoned_why == "rate_cap");
}

}  // namespace

asio::awaitable<void> throw_when_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

asio::awaitable<ProbeResult> probe_patiently(ProbeFunction probe, ProbePlan plan, Patience patience) {
  const auto give_up = handshake::Clock::now() + patience.retry_for;
  while (true) {
    asio::awaitable<ProbeResult> probing = probe(plan);
    ProbeResult result = co_await std::move(probing);
    co_await throw_when_cancelled();
    const auto again = handshake::Clock::now() + patience.retry_pause;
    if (!worth_another_try(result) || again > give_up) co_return result;
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor, again);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

}  // namespace rdpwatch::scheduling
