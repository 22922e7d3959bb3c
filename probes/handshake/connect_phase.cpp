#include "probes/handshake/connect_phase.hpp"

#include <algorithm>
#include <utility>

namespace rdpwatch::handshake {

ConnectPhase::ConnectPhase(std::vector<std::string> addresses, std::uint16_t port)
    : addresses_(std::move(addresses)), port_(port) {}

TimePoint ConnectPhase::share(TimePoint now, TimePoint phase_deadline) const {
  const auto left = static_cast<Duration::rep>(addresses_.size() - next_);
  return std::min(phase_deadline, now + (phase_deadline - now) / left);
}

bool ConnectPhase::failed(PhaseFailure failure) {
  failures_.push_back({address(), std::move(failure)});
  if (next_ + 1 >= addresses_.size()) return false;
  ++next_;
  return true;
}

PhaseFailure ConnectPhase::failure() const {
  const auto is_local = [](const Attempt& attempt) {
    return category(attempt.failure.reason) == Category::local;
  };
  auto told = std::ranges::find_if_not(failures_, is_local);
  if (told == failures_.end()) told = failures_.begin();
  PhaseFailure failure = told->failure;
  if (failures_.size() == 1) return failure;
  failure.detail = told->address + ": " + failure.detail;
  for (auto other = failures_.begin(); other != failures_.end(); ++other) {
    if (other != told) failure.detail += "; " + other->address + ": " + other->failure.detail;
  }
  return failure;
}

}  // namespace rdpwatch::handshake
