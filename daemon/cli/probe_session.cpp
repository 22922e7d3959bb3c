#include "daemon/cli/probe_session.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <exception>
#include <utility>

#include "daemon/scheduling/descriptor_limit.hpp"

namespace rdpwatch::cli {
namespace {

scheduling::GateOptions gate_options(const config::GlobalSettings& settings) {
  const auto limit = scheduling::raise_descriptor_limit();
  scheduling::GateOptions options;
  options.limits.max_in_flight = scheduling::fit_in_flight(limit.now, settings.max_in_flight).max_in_flight;
  options.limits.max_in_flight_per_subnet = settings.max_in_flight_per_subnet;
  options.limits.max_connections_per_minute = settings.max_connections_per_minute;
  return options;
}

}  // namespace

ProbeSession::ProbeSession(const config::GlobalSettings& settings)
    : io_(1),
      gate_(std::make_shared<scheduling::Gate>(gate_options(settings))),
      prober_(io_, gate_, transport::ResolverOptions{.nameservers = settings.resolver.nameservers}),
      signals_(io_, SIGINT, SIGTERM) {}

scheduling::ProbeFunction ProbeSession::probe_function() {
  return [this](handshake::ProbePlan plan) { return prober_.probe(std::move(plan)); };
}

void ProbeSession::run(boost::asio::awaitable<void> work) {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    interrupted_ = true;
    signals_.clear();
    cancel_.emit(boost::asio::cancellation_type::terminal);
  });
  std::exception_ptr failure;
  bool done = false;
  const auto finished = [&](std::exception_ptr error) {
    failure = std::move(error);
    done = true;
    signals_.cancel();
  };
  boost::asio::co_spawn(io_, std::move(work), boost::asio::bind_cancellation_slot(cancel_.slot(), finished));
  // Not run(): what the prober keeps waiting for, such as a changed resolv.conf, would never let it return.
  while (!done && io_.run_one() > 0) {
  }
  if (failure && !interrupted_) std::rethrow_exception(failure);
}

}  // namespace rdpwatch::cli
