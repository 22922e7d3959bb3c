#pragma once
// VerdictHistory: the verdicts of an endpoint's last runs, and whether they say that it flaps: comes and goes
// instead of being up or down. Four bytes, because every endpoint of a large fleet has one.
// Not thread-safe: the result store keeps it in the state.

#include <boost/describe/class.hpp>
#include <cstdint>

namespace rdpwatch::fleet {

/// Runs that are looked back on.
inline constexpr int kVerdictsKept = 10;
/// So many changes of the verdict among them make an endpoint flapping: two outages that both ended, or two
/// and a half. One outage, however long, has two.
inline constexpr int kChangesToFlap = 4;
/// So few end it. The distance between the two is on purpose: an endpoint that comes and goes once in a while
/// must not come and go as flapping as well.
inline constexpr int kChangesToSettle = 1;

class VerdictHistory {
 public:
  /// Takes note of one recorded run.
  void note(bool success);

  bool flapping() const { return flapping_; }
  /// Changes of the verdict from run to run among the runs that are kept.
  int changes() const;

 private:
  BOOST_DESCRIBE_CLASS(VerdictHistory, (), (), (), (bits_, runs_, flapping_))  // for daemon/storage
  std::uint16_t bits_ = 0;  ///< one a run, the newest lowest; set: success
  std::uint8_t runs_ = 0;   ///< that are kept
  bool flapping_ = false;
};

}  // namespace rdpwatch::fleet
