#pragma once
// TokenBucket: how often something may happen. Pure: the caller says what time it is. One thread.

#include <algorithm>
#include <chrono>

namespace rdpwatch::http {

class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `burst` at once, and one more after each `interval` (above zero); full at the beginning.
  TokenBucket(std::chrono::milliseconds interval, int burst)
      : interval_(interval), capacity_(interval_ * burst), credit_(capacity_) {}

  /// Whether it may happen now; takes one when it may. A time before the last one counts as the last one.
  bool take(TimePoint now) {
    if (last_ != TimePoint())
      credit_ += std::min(std::max(now - last_, Duration::zero()), capacity_ - credit_);
    last_ = std::max(last_, now);
    if (credit_ < interval_) return false;
    credit_ -= interval_;
    return true;
  }

 private:
  using Duration = std::chrono::steady_clock::duration;

  Duration interval_;
  Duration capacity_;
  Duration credit_;  ///< the time that was saved up; one interval buys one
  TimePoint last_;
};

}  // namespace rdpwatch::http
