#include "daemon/service_link.hpp"

#include <utility>

#include "daemon/cli/logging.hpp"
#include "daemon/fleet/state_counts.hpp"

namespace rdpwatch {

ServiceLink::ServiceLink(boost::asio::any_io_executor control)
    : control_(std::move(control)),
      environment_(service::environment()),
      manager_(environment_.notify_socket) {}

void ServiceLink::running(const Fleet& fleet, std::vector<service::Loop> loops) {
  told_ = standing(fleet);
  if (!manager_.ready(told_)) {
    log::warn("the service manager can't be told that rdpwatch is ready",
              {{"notify_socket", environment_.notify_socket}});
  }
  if (environment_.watchdog < std::chrono::milliseconds(1)) return;
  const auto late = [](const std::string& loop) {
    log::error("a thread does not answer; if it goes on, the service manager's watchdog ends rdpwatch",
               {{"thread", loop}});
  };
  heartbeat_ =
      std::make_unique<service::Heartbeat>(control_, environment_.watchdog, std::move(loops),
                                           service::Heartbeat::Told{[this] { manager_.alive(); }, late});
  heartbeat_->start();
}

void ServiceLink::fleet(const Fleet& fleet) {
  std::string now = standing(fleet);
  if (now == told_) return;
  told_ = std::move(now);
  manager_.status(told_);
}

void ServiceLink::reloading() {
  manager_.reloading();
}

void ServiceLink::reloaded(bool succeeded, const Fleet& fleet) {
  configuration_good_ = succeeded;
  told_ = standing(fleet);
  manager_.ready(told_);
}

void ServiceLink::stopping() {
  if (heartbeat_) heartbeat_->stop();
  if (!std::exchange(stopping_, true)) manager_.stopping();
}

std::string ServiceLink::standing(const Fleet& fleet) const {
  fleet::StateCounts counts{};
  for (const auto& state : fleet) fleet::count(counts, *state);
  std::string text = std::to_string(fleet.size()) + (fleet.size() == 1 ? " target" : " targets");
  const char* separator = ": ";
  for (const fleet::TargetStatus status : fleet::kTargetStatuses) {
    if (fleet::of(counts, status) == 0) continue;
    text.append(separator).append(std::to_string(fleet::of(counts, status))).append(" ");
    text.append(fleet::name(status));
    separator = ", ";
  }
  if (!configuration_good_) text += "; the configuration file is not valid, the one before goes on";
  return text;
}

}  // namespace rdpwatch
