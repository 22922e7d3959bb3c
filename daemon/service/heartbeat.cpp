#include "daemon/service/heartbeat.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace rdpwatch::service {

Heartbeat::Heartbeat(const boost::asio::any_io_executor& own, std::chrono::microseconds period,
                     std::vector<Loop> loops, Told told)
    : timer_(own), quarter_(period / 4), told_(std::move(told)) {
  for (Loop& loop : loops) asked_.push_back({std::move(loop), std::make_shared<std::atomic<bool>>(false)});
}

void Heartbeat::start() {
  for (Asked& asked : asked_) ask(asked);
  await_next_look();
}

void Heartbeat::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Heartbeat::ask(Asked& asked) {
  asked.waiting = 0;
  *asked.answered = false;
  // The answer may come when we are gone.
  boost::asio::post(asked.loop.executor, [answered = asked.answered] { *answered = true; });
}

void Heartbeat::look() {
  bool all = true;
  for (Asked& asked : asked_) {
    if (*asked.answered) continue;
    all = false;
    if (++asked.waiting == 2) told_.late(asked.loop.name);
  }
  if (!all) return;
  told_.alive();
  for (Asked& asked : asked_) ask(asked);
}

void Heartbeat::await_next_look() {
  timer_.expires_after(quarter_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopped_) return;
    look();
    await_next_look();
  });
}

}  // namespace rdpwatch::service
