#pragma once
// ServiceLink: keeps systemd told of the daemon's life, where it was started by systemd: ready, how the fleet
// stands, reloading, stopping, and the watchdog's sign of life. On the control thread.

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/fleet/target_state.hpp"
#include "daemon/service/heartbeat.hpp"
#include "daemon/service/manager.hpp"

namespace rdpwatch {

class ServiceLink {
 public:
  using Fleet = std::vector<fleet::StatePtr>;

  /// `control`: the control thread's.
  explicit ServiceLink(boost::asio::any_io_executor control);

  /// The daemon listens and probes. `loops`: those whose life the watchdog asks for; good until stopping().
  void running(const Fleet& fleet, std::vector<service::Loop> loops);
  /// How the fleet stands, told when it differs from what was told last.
  void fleet(const Fleet& fleet);
  void reloading();
  void reloaded(bool succeeded, const Fleet& fleet);
  /// May be called again.
  void stopping();

 private:
  std::string standing(const Fleet& fleet) const;

  boost::asio::any_io_executor control_;
  service::Environment environment_;
  service::Manager manager_;
  std::unique_ptr<service::Heartbeat> heartbeat_;
  std::string told_;
  bool configuration_good_ = true;
  bool stopping_ = false;
};

}  // namespace rdpwatch
