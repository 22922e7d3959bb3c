#include "tests/unit/scheduling/fake_prober.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <thread>

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

std::string endpoint_of(const handshake::ProbePlan& plan) {
  if (plan.depth == handshake::Depth::resolve) return plan.target + " ?";
  if (!plan.climb_ladder) return plan.target + " question";
  return plan.pinned_address.empty() ? plan.target : plan.target + " " + plan.pinned_address;
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto end = handshake::Clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (handshake::Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

ProbeFunctionFactory FakeProber::factory() {
  return [this](asio::io_context&) -> ProbeFunction {
    return [this](handshake::ProbePlan plan) { return probe(std::move(plan)); };
  };
}

void FakeProber::script(const std::string& endpoint, std::vector<handshake::ProbeResult> results) {
  const std::scoped_lock lock(mutex_);
  records_[endpoint].results = std::move(results);
  records_[endpoint].next_result = 0;
}

void FakeProber::block(const std::string& endpoint) {
  const std::scoped_lock lock(mutex_);
  records_[endpoint].blocks = true;
}

void FakeProber::release() {
  const std::scoped_lock lock(mutex_);
  for (auto& [name, record] : records_) record.blocks = false;
  for (const auto& timer : waiting_) asio::post(timer->get_executor(), [timer] { timer->cancel(); });
  waiting_.clear();
}

void FakeProber::let_throw(const std::string& endpoint) {
  const std::scoped_lock lock(mutex_);
  records_[endpoint].throws = true;
}

void FakeProber::hog(const std::string& endpoint, std::chrono::milliseconds time) {
  const std::scoped_lock lock(mutex_);
  records_[endpoint].hogs = time;
}

void FakeProber::be_stubborn() {
  const std::scoped_lock lock(mutex_);
  stubborn_ = true;
}

std::vector<handshake::ProbePlan> FakeProber::plans(const std::string& endpoint) const {
  const std::scoped_lock lock(mutex_);
  const auto found = records_.find(endpoint);
  return found == records_.end() ? std::vector<handshake::ProbePlan>{} : found->second.plans;
}

std::vector<handshake::TimePoint> FakeProber::starts(const std::string& endpoint) const {
  const std::scoped_lock lock(mutex_);
  const auto found = records_.find(endpoint);
  return found == records_.end() ? std::vector<handshake::TimePoint>{} : found->second.starts;
}

std::size_t FakeProber::blocked() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

int FakeProber::cancelled() const {
  const std::scoped_lock lock(mutex_);
  return cancelled_;
}

int FakeProber::most_at_once(const std::string& endpoint) const {
  const std::scoped_lock lock(mutex_);
  return records_.at(endpoint).most_at_once;
}

FakeProber::Waiting::~Waiting() {
  const std::scoped_lock lock(prober.mutex_);
  prober.waiting_.erase(timer);
}

// True when it was released, false when it was cancelled.
asio::awaitable<bool> FakeProber::wait_for_release() {
  const auto executor = co_await asio::this_coro::executor;
  bool heeds = true;
  const auto timer = std::make_shared<Timer>(executor, Timer::time_point::max());
  const Waiting waiting{*this, timer};
  {
    const std::scoped_lock lock(mutex_);
    waiting_.insert(timer);
    heeds = !stubborn_;
  }
  // A filter that lets nothing through makes the wait deaf to its cancellation.
  if (!heeds) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  }
  boost::system::error_code ignored;
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() == asio::cancellation_type::none;
}

asio::awaitable<handshake::ProbeResult> FakeProber::probe(handshake::ProbePlan plan) {
  const std::string name = endpoint_of(plan);
  bool blocks = false;
  bool throws = false;
  std::chrono::milliseconds hogs{0};
  auto result = succeeded();
  {
    const std::scoped_lock lock(mutex_);
    Record& record = records_[name];
    record.plans.push_back(plan);
    record.starts.push_back(handshake::Clock::now());
    blocks = record.blocks;
    throws = record.throws;
    hogs = record.hogs;
    record.most_at_once = std::max(record.most_at_once, ++record.at_once);
    if (!record.results.empty()) {
      result = record.results[std::min(record.next_result, record.results.size() - 1)];
      ++record.next_result;
    }
  }
  std::this_thread::sleep_for(hogs);
  bool released = true;
  if (blocks) released = co_await wait_for_release();
  {
    const std::scoped_lock lock(mutex_);
    --records_[name].at_once;
    if (!released) ++cancelled_;
  }
  if (throws) throw std::runtime_error("out of luck");
  if (!released) result = abandoned("shutdown");
  result.target = plan.target;
  result.group = plan.group;
  result.module = plan.module;
  co_return result;
}

}  // namespace rdpwatch::scheduling
