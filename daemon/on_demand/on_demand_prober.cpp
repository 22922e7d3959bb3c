#include "daemon/on_demand/on_demand_prober.hpp"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "daemon/on_demand/probe_permission.hpp"

namespace rdpwatch::on_demand {
namespace {

namespace asio = boost::asio;
using handshake::ProbeResult;
using handshake::Verdict;

constexpr std::chrono::seconds kStopWithin{2};

ProbeResult empty_result(const handshake::ProbePlan& plan) {
  ProbeResult result;
  result.target = plan.target;
  result.group = plan.group;
  result.module = plan.module;
  result.started = std::chrono::system_clock::now();
  return result;
}

ProbeResult abandoned(ProbeResult result, const std::string& why) {
  result.verdict = Verdict::abandoned;
  result.abandoned_why = why;
  result.failure.reset();
  return result;
}

ProbeResult fault(ProbeResult result, const std::exception_ptr& error) {
  std::string what = "unknown";
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& system) {
    if (system.code() == asio::error::operation_aborted) return abandoned(std::move(result), "cancelled");
    what = system.what();
  } catch (const std::exception& exception) {
    what = exception.what();
  }
  result.verdict = Verdict::local_fault;
  result.failure = handshake::Failure{handshake::Phase::resolve, handshake::FailureReason::internal_error,
                                      what, std::nullopt};
  return result;
}

/// The first one, in the order in which they would be tried; empty when there is none.
std::string first_allowed(const ProbeResult& look_up, std::uint16_t port,
                          const std::vector<config::ProbeAllow>& rules) {
  const auto found = std::find_if(look_up.addresses.begin(), look_up.addresses.end(), [&](const auto& text) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(text, error);
    return !error && in_networks(address, port, rules);
  });
  return found == look_up.addresses.end() ? std::string() : *found;
}

}  // namespace

OnDemandProber::OnDemandProber(const scheduling::WatchedProbeFactory& factory) : probe_(factory(io_)) {
  thread_ = std::thread([this] {
    io_.run();
    ended_.set_value();
  });
}

OnDemandProber::~OnDemandProber() {
  stop();
}

asio::awaitable<ProbeResult> OnDemandProber::probe(ProbeOrder order) {
  const auto task = std::make_shared<Task>();
  auto initiate = [this, task, order = std::move(order)](auto handler) mutable {
    const auto executor = asio::get_associated_executor(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    // The task is held by the lambda: it may have ended when its cancellation arrives.
    if (slot.is_connected()) slot.assign([this, task](asio::cancellation_type) { cancel(task); });
    // A std::function must be copyable, the handler of a coroutine is not.
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(executor);
    Done done = [shared, slot, work](ProbeResult result) {
      asio::post(work.get_executor(), [shared, slot, result = std::move(result)]() mutable {
        if (slot.is_connected()) slot.clear();
        std::move (*shared)(std::move(result));
      });
    };
    asio::post(io_, [this, task, order = std::move(order), done = std::move(done)]() mutable {
      start(task, std::move(order), std::move(done));
    });
  };
  ProbeResult result = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(ProbeResult)>(
      std::move(initiate), asio::use_awaitable);
  co_return result;
}

void OnDemandProber::start(TaskPtr task, ProbeOrder order, Done done) {
  ProbeResult none = empty_result(order.plan);
  if (stopping_) return done(abandoned(std::move(none), "stopping"));
  tasks_.insert(task);
  const auto ended = [this, task, none = std::move(none), done = std::move(done)](
                         const std::exception_ptr& error, ProbeResult result) mutable {
    tasks_.erase(task);
    done(error ? fault(std::move(none), error) : std::move(result));
    if (stopping_ && tasks_.empty()) io_.stop();
  };
  asio::co_spawn(io_, run(std::move(order)), asio::bind_cancellation_slot(task->cancel.slot(), ended));
}

void OnDemandProber::cancel(const TaskPtr& task) {
  asio::post(io_, [task] { task->cancel.emit(asio::cancellation_type::terminal); });
}

asio::awaitable<ProbeResult> OnDemandProber::run(ProbeOrder order) {
  if (order.into_networks) {
    handshake::ProbePlan look_up = order.plan;
    look_up.depth = handshake::Depth::resolve;
    asio::awaitable<ProbeResult> looking_up = probe_(std::move(look_up), order.watch);
    ProbeResult found = co_await std::move(looking_up);
    if (found.verdict != Verdict::success) co_return found;
    order.plan.pinned_address = first_allowed(found, order.plan.port, order.rules);
    if (order.plan.pinned_address.empty()) co_return abandoned(std::move(found), kNotAllowed);
  }
  asio::awaitable<ProbeResult> probing = probe_(std::move(order.plan), std::move(order.watch));
  ProbeResult result = co_await std::move(probing);
  co_return result;
}

void OnDemandProber::stop() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    stopping_ = true;
    if (tasks_.empty()) return io_.stop();
    const auto running = tasks_;
    for (const auto& task : running) task->cancel.emit(asio::cancellation_type::terminal);
  });
  if (ended_.get_future().wait_for(kStopWithin) != std::future_status::ready) io_.stop();
  thread_.join();
}

}  // namespace rdpwatch::on_demand
