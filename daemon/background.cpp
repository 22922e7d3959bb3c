#include "daemon/background.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace rdpwatch {
namespace {

/// Against a nice value of 0 this leaves a tenth of a busy core, which is enough for a scrape in its time.
constexpr int kNice = 10;

}  // namespace

void give_way_to_probes() {
  // Linux takes a thread's number for a process's here, and each thread has a nice value of its own.
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice));
}

}  // namespace rdpwatch
