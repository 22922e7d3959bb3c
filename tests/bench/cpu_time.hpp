#pragma once
// The clock of the measurements.

#include <ctime>

namespace rdpwatch::bench {

/// Of this thread: other programs on the machine don't count.
inline double cpu_milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace rdpwatch::bench
