#pragma once
// Simulated hosts of chosen personalities, each at a loopback address of its own, served by a thread.

#include <boost/asio/io_context.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/sim/personalities.hpp"
#include "tests/sim/simulator.hpp"

namespace rdpwatch::cli {

class SimulatedHosts {
 public:
  explicit SimulatedHosts(const std::vector<std::string>& personalities)
      : simulator_(io_, scenarios(personalities)), thread_([this] { io_.run(); }) {}
  ~SimulatedHosts() {
    io_.stop();
    thread_.join();
  }

  /// Of the host that was named at this place.
  std::string target(std::size_t place) const {
    return address(place) + ":" + std::to_string(simulator_.port());
  }
  sim::HostStats stats(std::size_t place) const { return simulator_.stats(address(place)).value(); }

 private:
  static std::string address(std::size_t place) { return "127.0.22." + std::to_string(place + 1); }
  static sim::Scenarios scenarios(const std::vector<std::string>& personalities) {
    sim::Scenarios scenarios;
    scenarios.port = 0;
    for (std::size_t i = 0; i < personalities.size(); ++i) {
      scenarios.hosts.emplace_back(sim::AddressRange::parse(address(i)).value(),
                                   sim::HostScenario(sim::personality(personalities[i]).value()));
    }
    return scenarios;
  }

  boost::asio::io_context io_;
  sim::Simulator simulator_;
  std::thread thread_;
};

}  // namespace rdpwatch::cli
