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

asio::awaitable<void> probe_in_order(scheduling::WatchedProbe probe, ProbeOrder order,
                                     std::shared_ptr<ProbeResult> result) {
  if (order.into_networks) {
    handshake::ProbePlan look_up = order.plan;
    look_up.depth = handshake::Depth::resolve;
    asio::awaitable<ProbeResult> looking_up = probe(std::move(look_up), order.watch);
    *result = co_await std::move(looking_up);
    if (result->verdict != Verdict::success) co_return;
    order.plan.pinned_address = first_allowed(*result, order.plan.port, order.rules);
    if (order.plan.pinned_address.empty()) {
      *result = abandoned(std::move(*result), kNotAllowed);
      co_return;
    }
  }
  asio::awaitable<ProbeResult> probing = probe(std::move(order.plan), std::move(order.watch));
  *result = co_await std::move(probing);
}

}  // namespace

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

OnDemandProber::OnDemandProber(const scheduling::WatchedProbeFactory& factory) : probe_(factory(io_)) {
  thread_ = std::thread([this] {
    io_.run();
    ended_.set_value();
  });
}

OnDemandProber::~OnDemandProber() {
  stop();
}

OnDemandProber::TaskPtr OnDemandProber::start(Work work, Ended ended) {
  auto task = std::make_shared<Task>();
  ++running_;
  asio::post(io_, [this, task, work = std::move(work), ended = std::move(ended)]() mutable {
    begin(task, work, std::move(ended));
  });
  return task;
}

void OnDemandProber::begin(const TaskPtr& task, const Work& work, Ended ended) {
  tasks_.insert(task);
  const auto over = [this, task, ended = std::move(ended)](const std::exception_ptr& error) {
    tasks_.erase(task);
    --running_;
    ended(error);
    if (stopping_ && tasks_.empty()) io_.stop();
  };
  if (stopping_) {
    return over(std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)));
  }
  asio::co_spawn(io_, work(probe_), asio::bind_cancellation_slot(task->cancel.slot(), over));
}

void OnDemandProber::cancel(const TaskPtr& task) {
  asio::post(io_, [task] { task->cancel.emit(asio::cancellation_type::terminal); });
}

asio::awaitable<ProbeResult> OnDemandProber::probe(ProbeOrder order) {
  auto initiate = [this, order = std::move(order)](auto handler) {
    const auto executor = asio::get_associated_executor(handler);
    auto slot = asio::get_associated_cancellation_slot(handler);
    // A std::function must be copyable, the handler of a coroutine is not.
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto wait = asio::make_work_guard(executor);
    auto result = std::make_shared<ProbeResult>(empty_result(order.plan));
    const Work work = [order, result](const scheduling::WatchedProbe& probe) {
      return probe_in_order(probe, order, result);
    };
    const Ended ended = [shared, slot, wait, result](const std::exception_ptr& error) {
      if (error) *result = fault(std::move(*result), error);
      asio::post(wait.get_executor(), [shared, slot, result]() mutable {
        if (slot.is_connected()) slot.clear();
        std::move (*shared)(std::move(*result));
      });
    };
    const TaskPtr task = start(work, ended);
    if (slot.is_connected()) slot.assign([this, task](asio::cancellation_type) { cancel(task); });
  };
  ProbeResult result = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(ProbeResult)>(
      std::move(initiate), asio::use_awaitable);
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
