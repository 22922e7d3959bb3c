#pragma once
// Phase `connect`: the addresses of a name are tried in their order within the phase's bound, as a client
// does.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/handshake/phase_step.hpp"

namespace rdpwatch::handshake {

class ConnectPhase {
 public:
  /// `addresses` is not empty.
  ConnectPhase(std::vector<std::string> addresses, std::uint16_t port);

  /// The address to admit and connect to next.
  const std::string& address() const { return addresses_[next_]; }
  AdmitConnection admit(bool first) const { return {address(), port_, first}; }
  ConnectTo connect() const { return {address(), port_}; }

  /// The latest time for the current address, so that each one left gets its share of what is left of the
  /// phase, and at least what a SYN needs that was lost once.
  TimePoint share(TimePoint now, TimePoint phase_deadline) const;

  /// The current address failed. True: the next one is current now. False: none is left, failure() tells.
  bool failed(PhaseFailure failure);

  /// The failure to report when none is left, or no time: that our machine ran out of something, else the
  /// network's before our own, the earlier before the later.
  PhaseFailure failure() const;

 private:
  struct Attempt {
    std::string address;
    PhaseFailure failure;
  };

  std::vector<Attempt>::const_iterator decisive() const;

  std::vector<std::string> addresses_;
  std::uint16_t port_;
  std::size_t next_ = 0;
  std::vector<Attempt> failures_;
};

}  // namespace rdpwatch::handshake
