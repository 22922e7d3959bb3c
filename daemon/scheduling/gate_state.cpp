#include "daemon/scheduling/gate_state.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>

namespace rdpwatch::scheduling {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using Stage = GateWaiter::Stage;

constexpr std::size_t kQueuePerLimit = 4;

std::size_t queue_bound(int limit) {
  return kQueuePerLimit * static_cast<std::size_t>(limit);
}

GateLimits at_least_one(GateLimits limits) {
  limits.max_in_flight = std::max(limits.max_in_flight, 1);
  limits.max_in_flight_per_subnet = std::max(limits.max_in_flight_per_subnet, 1);
  limits.max_connections_per_minute = std::max(limits.max_connections_per_minute, 1);
  return limits;
}

address subnet_of(const address& host) {
  if (host.is_v4()) return address_v4(host.to_v4().to_uint() & 0xFFFFFF00);
  auto bytes = host.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return address_v6(bytes);
}

void wake(const GateWaiterPtr& waiter) {
  boost::asio::post(waiter->timer.get_executor(), [waiter] { waiter->timer.cancel(); });
}

}  // namespace

GateState::GateState(GateOptions options) : options_(options), limits_(at_least_one(options.limits)) {}

PaceRules GateState::rules() const {
  return {options_.spacing, options_.window, static_cast<std::size_t>(limits_.max_connections_per_minute)};
}

std::optional<handshake::TimePoint> GateState::enter(const GateWaiterPtr& waiter) {
  const TimePoint now = handshake::Clock::now();
  const std::scoped_lock lock(mutex_);
  forget_idle(now);
  GateQueue& queue = endpoints_[waiter->endpoint].queue;
  waiter->place = queue.insert(queue.end(), waiter);
  ++waiting_;
  if (stopping_) {
    refuse(waiter, "stopping", now);
  } else if (queue.size() > rules().per_window) {
    refuse(waiter, "rate_cap", now);
  }
  const auto again = advance(waiter, now);
  if (!again || waiting_ <= queue_bound(limits_.max_in_flight)) return again;
  refuse(waiter, "overloaded", now);
  return std::nullopt;
}

std::optional<handshake::TimePoint> GateState::look_again(const GateWaiterPtr& waiter) {
  const TimePoint now = handshake::Clock::now();
  const std::scoped_lock lock(mutex_);
  return advance(waiter, now);
}

std::optional<handshake::TimePoint> GateState::advance(const GateWaiterPtr& waiter, TimePoint now) {
  if (waiter->stage == Stage::endpoint) return advance_at_endpoint(waiter, now);
  if (waiter->stage == Stage::granted || waiter->stage == Stage::denied) return std::nullopt;
  if (now < waiter->limit) return waiter->limit;
  refuse(waiter, waiter->callers_limit ? "deadline" : "overloaded", now);
  return std::nullopt;
}

std::optional<handshake::TimePoint> GateState::advance_at_endpoint(const GateWaiterPtr& waiter,
                                                                   TimePoint now) {
  EndpointEntry& entry = endpoints_.at(waiter->endpoint);
  const auto ahead = static_cast<std::size_t>(std::distance(entry.queue.begin(), waiter->place));
  const auto ready = entry.pace.ready(now, ahead, rules());
  if (ready.at > waiter->limit || now >= waiter->limit) {
    const auto no_place = waiter->callers_limit ? "deadline" : "overloaded";
    refuse(waiter, ready.by_rate ? "rate_cap" : no_place, now);
    return std::nullopt;
  }
  // Who goes first, or closes, wakes the next one.
  if (ahead > 0 || entry.taken) return waiter->limit;
  if (ready.at > now) return ready.at;
  entry.queue.erase(waiter->place);
  entry.taken = true;
  to_subnet(waiter, now);
  return advance(waiter, now);
}

void GateState::to_subnet(const GateWaiterPtr& waiter, TimePoint now) {
  SubnetEntry& subnet = subnets_[subnet_of(waiter->endpoint.address())];
  waiter->stage = Stage::subnet;
  waiter->place = subnet.queue.insert(subnet.queue.end(), waiter);
  fill_subnet(subnet, now);
  if (subnet.queue.size() > queue_bound(limits_.max_in_flight_per_subnet)) refuse(waiter, "overloaded", now);
}

void GateState::fill_subnet(SubnetEntry& subnet, TimePoint now) {
  const auto limit = static_cast<std::size_t>(limits_.max_in_flight_per_subnet);
  while (!stopping_ && !subnet.queue.empty() && subnet.taken < limit) {
    const GateWaiterPtr first = subnet.queue.front();
    subnet.queue.pop_front();
    ++subnet.taken;
    to_global(first, now);
  }
}

void GateState::to_global(const GateWaiterPtr& waiter, TimePoint now) {
  waiter->stage = Stage::global;
  waiter->place = global_queue_.insert(global_queue_.end(), waiter);
  fill_global(now);
}

void GateState::fill_global(TimePoint now) {
  const auto limit = static_cast<std::size_t>(limits_.max_in_flight);
  while (!stopping_ && !global_queue_.empty() && in_flight_ < limit) {
    const GateWaiterPtr first = global_queue_.front();
    global_queue_.pop_front();
    grant(first, now);
  }
}

void GateState::grant(const GateWaiterPtr& waiter, TimePoint now) {
  waiter->stage = Stage::granted;
  --waiting_;
  ++in_flight_;
  endpoints_.at(waiter->endpoint).pace.opened(now, rules());
  wake(waiter);
}

void GateState::refuse(const GateWaiterPtr& waiter, std::string_view why, TimePoint now) {
  withdraw(waiter, now);
  waiter->stage = Stage::denied;
  waiter->denied_why = why;
}

void GateState::withdraw(const GateWaiterPtr& waiter, TimePoint now) {
  const Endpoint& endpoint = waiter->endpoint;
  switch (waiter->stage) {
    case Stage::endpoint: {
      EndpointEntry& entry = endpoints_.at(endpoint);
      const bool was_first = entry.queue.begin() == waiter->place;
      entry.queue.erase(waiter->place);
      if (was_first && !entry.taken && !entry.queue.empty()) wake(entry.queue.front());
      if (!entry.taken && entry.queue.empty() && entry.pace.idle(now, rules())) endpoints_.erase(endpoint);
      break;
    }
    case Stage::subnet:
      subnets_.at(subnet_of(endpoint.address())).queue.erase(waiter->place);
      free_endpoint(endpoint, now);
      break;
    case Stage::global:
      global_queue_.erase(waiter->place);
      free_subnet(endpoint, now);
      free_endpoint(endpoint, now);
      break;
    case Stage::granted:
    case Stage::denied:
      return;
  }
  --waiting_;
}

void GateState::leave(const GateWaiterPtr& waiter) {
  const TimePoint now = handshake::Clock::now();
  const std::scoped_lock lock(mutex_);
  if (waiter->stage == Stage::granted) {
    release_locked(waiter->endpoint, now);
  } else {
    withdraw(waiter, now);
  }
}

void GateState::release(const Endpoint& endpoint) {
  const TimePoint now = handshake::Clock::now();
  const std::scoped_lock lock(mutex_);
  release_locked(endpoint, now);
}

void GateState::release_locked(const Endpoint& endpoint, TimePoint now) {
  --in_flight_;
  endpoints_.at(endpoint).pace.closed(now);
  forget_at_.emplace_back(now + std::max(options_.window, options_.spacing), endpoint);
  free_subnet(endpoint, now);
  free_endpoint(endpoint, now);
  fill_global(now);
  forget_idle(now);
}

void GateState::free_endpoint(const Endpoint& endpoint, TimePoint now) {
  const auto found = endpoints_.find(endpoint);
  EndpointEntry& entry = found->second;
  entry.taken = false;
  if (!entry.queue.empty()) {
    wake(entry.queue.front());
  } else if (entry.pace.idle(now, rules())) {
    endpoints_.erase(found);
  }
}

void GateState::free_subnet(const Endpoint& endpoint, TimePoint now) {
  const auto found = subnets_.find(subnet_of(endpoint.address()));
  SubnetEntry& subnet = found->second;
  --subnet.taken;
  fill_subnet(subnet, now);
  if (subnet.taken == 0 && subnet.queue.empty()) subnets_.erase(found);
}

// Each entry is looked at once, when the endpoint's latest release by then has left the window: an endpoint
// that was used again has a later entry.
void GateState::forget_idle(TimePoint now) {
  while (!forget_at_.empty() && forget_at_.front().first <= now) {
    const auto found = endpoints_.find(forget_at_.front().second);
    forget_at_.pop_front();
    if (found == endpoints_.end()) continue;
    const EndpointEntry& entry = found->second;
    if (!entry.taken && entry.queue.empty() && entry.pace.idle(now, rules())) endpoints_.erase(found);
  }
}

void GateState::set_limits(GateLimits limits) {
  const TimePoint now = handshake::Clock::now();
  const std::scoped_lock lock(mutex_);
  limits_ = at_least_one(limits);
  for (auto& [network, subnet] : subnets_) fill_subnet(subnet, now);
  fill_global(now);
  for (auto& [endpoint, entry] : endpoints_) {
    for (const auto& waiter : entry.queue) wake(waiter);
  }
}

void GateState::stop() {
  const TimePoint now = handshake::Clock::now();
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  GateQueue all = global_queue_;
  for (const auto& [network, subnet] : subnets_)
    all.insert(all.end(), subnet.queue.begin(), subnet.queue.end());
  for (const auto& [endpoint, entry] : endpoints_)
    all.insert(all.end(), entry.queue.begin(), entry.queue.end());
  for (const auto& waiter : all) {
    refuse(waiter, "stopping", now);
    wake(waiter);
  }
}

GateCounters GateState::counters() const {
  const std::scoped_lock lock(mutex_);
  return {in_flight_, waiting_, endpoints_.size()};
}

}  // namespace rdpwatch::scheduling
