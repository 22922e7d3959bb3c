#pragma once
// Simulator: all simulated hosts of one scenario, served by an io_context. rdpsim is this class with a
// command line.
//
//   Scenarios scenarios;
//   scenarios.port = 0;
//   scenarios.hosts = {{AddressRange::parse("127.0.0.0/8").value(),
//   HostScenario(personality("ssh").value())}}; boost::asio::io_context io; Simulator simulator(io,
//   std::move(scenarios));
//   // run io in a thread; connect to 127.x.y.z:simulator.port()
//
// The methods may be called from any thread. The io_context may be run by several.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/sim/host_book.hpp"
#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

class Simulator {
 public:
  /// Makes the certificates and listens; the io_context must outlive the simulator. Throws std::runtime_error
  /// for what can't be made or listened on.
  Simulator(boost::asio::io_context& io, Scenarios scenarios);
  /// Stops. What is still open is released as the io_context runs on, or with it.
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  /// The port of the listener for 127.0.0.0/8.
  std::uint16_t port() const;

  /// From the next connection on these hosts are simulated. Throws std::runtime_error and changes nothing for
  /// certificates or TLS settings that can't be made, and for other ports or listeners than before.
  void replace(Scenarios scenarios);

  /// For `reload_failures`: the new scenario file could not even be read.
  void count_failed_reload();

  /// Of one address; nothing before its first connection.
  std::optional<HostStats> stats(const std::string& address) const;
  /// Connections to addresses that no range holds.
  std::uint64_t unserved() const;
  /// Everything as JSON, see README.md. Each call counts up `snapshot`.
  std::string stats_json() const;

  /// Stops listening and ends all connections.
  void stop();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace rdpwatch::sim
