#include "daemon/scheduling/worker.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace rdpwatch::scheduling {
namespace asio = boost::asio;
namespace {

/// What one turn of the loop handles at most, so that probes under way are served in between. Changes go by
/// time: the turn of a loop that is busy with probes is long, and by number those of a big inventory would
/// wait for hundreds of turns.
constexpr auto kChangesFor = std::chrono::milliseconds(5);
constexpr int kStartsPerTurn = 64;

/// A loop that is so late may have found a probe's deadline passed before it found the answer that was there.
constexpr auto kTooLate = std::chrono::seconds(1);

}  // namespace

Worker::Worker(ClockAnchor anchor, PolicySettings policy, fleet::ResultStore& store,
               SchedulerObserver& observer, const ProbeFunctionFactory& factory)
    : work_(io_.get_executor()),
      timer_(io_),
      anchor_(anchor),
      policy_(policy),
      store_(store),
      observer_(observer),
      probe_(factory(io_)) {
  thread_ = std::thread([this] {
    io_.run();
    ended_.set_value();
  });
}

Worker::~Worker() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
}

void Worker::enqueue(std::vector<TargetChange> changes) {
  asio::post(io_, [this, changes = std::move(changes)]() mutable {
    pending_.insert(pending_.end(), std::make_move_iterator(changes.begin()),
                    std::make_move_iterator(changes.end()));
    if (!taking_changes_) take_changes();
  });
}

void Worker::set_policy(PolicySettings policy) {
  asio::post(io_, [this, policy] { policy_ = policy; });
}

void Worker::begin_stop() {
  asio::post(io_, [this] { stop_now(); });
}

void Worker::join(TimePoint deadline) {
  if (ended_.get_future().wait_until(deadline) != std::future_status::ready) io_.stop();
  thread_.join();
}

void Worker::take_changes() {
  if (stopping_) return;
  const TimePoint enough = handshake::Clock::now() + kChangesFor;
  while (!pending_.empty() && handshake::Clock::now() < enough) {
    const TargetChange change = std::move(pending_.front());
    pending_.pop_front();
    take(change);
  }
  taking_changes_ = !pending_.empty();
  if (taking_changes_) asio::post(io_, [this] { take_changes(); });
  arm();
}

void Worker::take(const TargetChange& change) {
  switch (change.kind) {
    case TargetChange::Kind::add:
      add_target(change.target);
      break;
    case TargetChange::Kind::change:
      change_target(change.target);
      break;
    case TargetChange::Kind::remove:
      for (const auto& endpoint : table_.of_target(change.target->name)) remove_endpoint(endpoint);
      break;
  }
}

void Worker::add_target(const inventory::TargetPtr& target) {
  const TimePoint now = handshake::Clock::now();
  const auto add = [&](std::string address) {
    const std::uint64_t hash = endpoint_hash({target->name, address});
    add_endpoint(target, std::move(address), first_due(anchor_, target->interval, hash, now));
  };
  // The addresses that an earlier run of the daemon knew: no series of theirs is missing until the name is
  // looked up.
  const auto known =
      expands(*target) ? store_.restorable_addresses(target->name) : std::vector<std::string>();
  for (const auto& address : known) add(address);
  if (known.empty()) add("");
}

void Worker::change_target(const inventory::TargetPtr& target) {
  const auto endpoints = table_.of_target(target->name);
  if (endpoints.empty() || expands(*endpoints.front()->target) != expands(*target)) {
    for (const auto& endpoint : endpoints) remove_endpoint(endpoint);
    add_target(target);
    return;
  }
  const TimePoint now = handshake::Clock::now();
  for (const auto& endpoint : endpoints) {
    const bool new_interval = endpoint->target->interval != target->interval;
    const milliseconds old_audit_interval = endpoint->target->audit_interval;
    endpoint->target = target;
    change_audit(*endpoint, old_audit_interval);
    store_.put_endpoint(endpoint->key, target, std::chrono::system_clock::now());
    if (!new_interval) continue;
    const auto effective = effective_interval(policy_, endpoint->history, target->interval);
    table_.reschedule(endpoint, next_due(anchor_, target->interval, endpoint->hash, now, effective, now));
  }
}

void Worker::add_endpoint(const inventory::TargetPtr& target, std::string address, TimePoint due) {
  const EndpointPtr endpoint = table_.add(target, std::move(address), due);
  endpoint->audit_due = first_audit(*target);
  store_.put_endpoint(endpoint->key, target, std::chrono::system_clock::now());
  remember(*endpoint);
}

void Worker::remember(Endpoint& endpoint) const {
  const fleet::StatePtr state = store_.find(endpoint.key);
  if (!state->last_run) return;
  const auto age = [](fleet::WallTime then) {
    // A clock that was set back must not put anything into the future.
    return std::max(std::chrono::system_clock::now() - then, std::chrono::system_clock::duration(0));
  };
  const TimePoint now = handshake::Clock::now();
  endpoint.history.up = state->consecutive_failures == 0;
  if (state->audit && endpoint.target->audit_interval.count() > 0) {
    const TimePoint done = now - age(state->audit->started);
    if (done + endpoint.target->audit_interval > now) endpoint.audit_due = next_audit(endpoint, true);
  }
  if (!state->diagnosis || !state->diagnosis->failure) return;
  endpoint.diagnosis = state->diagnosis;
  if (state->diagnosis->experiments.empty()) return;
  endpoint.experimented_on = *state->diagnosis->failure;
  endpoint.experimented_at = now - age(state->diagnosis->judged);
}

void Worker::remove_endpoint(const EndpointPtr& endpoint) {
  table_.remove(endpoint);
  endpoint->removed = true;
  store_.remove_endpoint(endpoint->key);
  cancel(*endpoint);
}

void Worker::cancel(Endpoint& endpoint) {
  if (endpoint.running) endpoint.cancel.emit(asio::cancellation_type::terminal);
  if (endpoint.auditing) endpoint.audit_cancel.emit(asio::cancellation_type::terminal);
  if (endpoint.diagnosing) endpoint.diagnosis_cancel.emit(asio::cancellation_type::terminal);
}

void Worker::arm() {
  if (stopping_) return;
  const EndpointPtr first = table_.first();
  if (!first) {
    armed_.reset();
    timer_.cancel();
    return;
  }
  if (armed_ == first->due) return;
  armed_ = first->due;
  timer_.expires_at(first->due);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) run_due();
  });
}

void Worker::run_due() {
  if (stopping_) return;
  armed_.reset();
  const TimePoint now = handshake::Clock::now();
  for (int i = 0; i < kStartsPerTurn; ++i) {
    const EndpointPtr endpoint = table_.first();
    if (!endpoint || endpoint->due > now) break;
    const TimePoint due = endpoint->due;
    if (now - due > kTooLate) too_late_at_ = now;
    const auto interval = endpoint->target->interval;
    const auto effective = effective_interval(policy_, endpoint->history, interval);
    table_.reschedule(endpoint, next_due(anchor_, interval, endpoint->hash, due, effective, now));
    if (endpoint->running) {
      observer_.skipped("still_running");
    } else {
      start(endpoint, due);
    }
  }
  arm();
}

void Worker::stop_now() {
  stopping_ = true;
  pending_.clear();
  timer_.cancel();
  for (const auto& endpoint : table_.all()) cancel(*endpoint);
  if (tasks_ == 0) io_.stop();
}

}  // namespace rdpwatch::scheduling
