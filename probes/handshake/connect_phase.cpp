#include "probes/handshake/connect_phase.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace rdpwatch::handshake {
namespace {

// A lost SYN is sent again after one second: a shorter share would fail a healthy address for one lost
// packet.
constexpr Duration kLeastShare = std::chrono::milliseconds(1200);

bool is_exhaustion(const PhaseFailure& failure) {
  if (category(failure.reason) != Category::local || !failure.number) return false;
  switch (*failure.number) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
      return true;
  }
  return false;
}

}  // namespace

ConnectPhase::ConnectPhase(std::vector<std::string> addresses, std::uint16_t port)
    : addresses_(std::move(addresses)), port_(port) {}

TimePoint ConnectPhase::share(TimePoint now, TimePoint phase_deadline) const {
  const auto left = static_cast<Duration::rep>(addresses_.size() - next_);
  return std::min(phase_deadline, now + std::max(kLeastShare, (phase_deadline - now) / left));
}

bool ConnectPhase::failed(PhaseFailure failure) {
  failures_.push_back({address(), std::move(failure)});
  if (next_ + 1 >= addresses_.size()) return false;
  ++next_;
  return true;
}

PhaseFailure ConnectPhase::failure() const {
  const auto told = decisive();
  PhaseFailure failure = told->failure;
  if (addresses_.size() == 1) return failure;
  failure.detail = told->address + ": " + failure.detail;
  for (auto other = failures_.begin(); other != failures_.end(); ++other) {
    if (other != told) failure.detail += "; " + other->address + ": " + other->failure.detail;
  }
  const std::size_t untried = addresses_.size() - failures_.size();
  if (untried > 0) failure.detail += "; no time left for " + std::to_string(untried) + " more";
  return failure;
}

// What our machine ran out of says that we can't judge at all; that it has no route to one of the addresses
// says nothing about the others.
std::vector<ConnectPhase::Attempt>::const_iterator ConnectPhase::decisive() const {
  const auto exhausted =
      std::ranges::find_if(failures_, [](const Attempt& a) { return is_exhaustion(a.failure); });
  if (exhausted != failures_.end()) return exhausted;
  const auto networks = std::ranges::find_if(
      failures_, [](const Attempt& a) { return category(a.failure.reason) != Category::local; });
  return networks != failures_.end() ? networks : failures_.begin();
}

}  // namespace rdpwatch::handshake
