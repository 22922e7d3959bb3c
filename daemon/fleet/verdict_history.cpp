#include "daemon/fleet/verdict_history.hpp"

#include <algorithm>
#include <bit>

namespace rdpwatch::fleet {

void VerdictHistory::note(bool success) {
  bits_ = static_cast<std::uint16_t>((bits_ << 1U) | (success ? 1U : 0U));
  runs_ = static_cast<std::uint8_t>(std::min(runs_ + 1, kVerdictsKept));
  flapping_ = changes() >= (flapping_ ? kChangesToSettle + 1 : kChangesToFlap);
}

int VerdictHistory::changes() const {
  if (runs_ < 2) return 0;
  const unsigned differs = bits_ ^ (static_cast<unsigned>(bits_) >> 1U);
  const unsigned pairs = (1U << (runs_ - 1U)) - 1U;
  return std::popcount(differs & pairs);
}

}  // namespace rdpwatch::fleet
