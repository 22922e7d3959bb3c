// rdpsim: simulated RDP hosts on loopback addresses, by a scenario file. README.md is the reference.

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>

#include "tests/sim/payloads.hpp"
#include "tests/sim/personalities.hpp"
#include "tests/sim/scenario_file.hpp"
#include "tests/sim/simulator.hpp"

namespace {

namespace asio = boost::asio;
namespace sim = rdpwatch::sim;

struct Options {
  std::string config;
  std::string stats_file;
  int port = -1;  ///< -1: the file's
  int threads = 1;
  bool check = false;
  bool personalities = false;
};

/// The scenarios with what the command line overrides; nothing, and the errors on stderr, for a bad file.
std::optional<sim::Scenarios> load(const Options& options) {
  sim::ScenarioResult result = sim::load_scenarios(options.config);
  if (const auto* errors = std::get_if<sim::ScenarioErrors>(&result)) {
    for (const std::string& error : *errors) std::cerr << error << "\n";
    return std::nullopt;
  }
  auto scenarios = std::get<sim::Scenarios>(std::move(result));
  if (options.port >= 0) scenarios.port = static_cast<std::uint16_t>(options.port);
  return scenarios;
}

void print_personalities() {
  for (const sim::Personality& one : sim::personalities()) std::cout << one.name << ": " << one.help << "\n";
  std::cout << "\nPayloads of `send`:\n";
  for (const sim::NamedPayload& one : sim::payloads()) std::cout << one.name << ": " << one.help << "\n";
}

/// To the stats file, in one step, or to stdout without one.
void write_stats(const sim::Simulator& simulator, const std::string& path) {
  const std::string json = simulator.stats_json();
  if (path.empty()) {
    std::cout << json << std::flush;
    return;
  }
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << json;
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0)
    std::cerr << "rdpsim: can't write " << path << "\n";
}

void reload(sim::Simulator& simulator, const Options& options) {
  std::optional<sim::Scenarios> scenarios = load(options);
  try {
    if (scenarios) {
      const std::size_t hosts = scenarios->hosts.size();
      simulator.replace(std::move(*scenarios));
      std::cerr << "rdpsim: scenario file read again, " << hosts << " host entries\n";
      return;
    }
    simulator.count_failed_reload();
  } catch (const std::runtime_error& error) {
    std::cerr << "rdpsim: " << error.what() << "\n";
  }
  std::cerr << "rdpsim: the hosts stay as they were\n";
}

/// Every simulated connection needs a descriptor, and the usual soft limit is 1024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const Options& options, sim::Scenarios scenarios) {
  raise_descriptor_limit();
  asio::io_context io(options.threads);
  const std::size_t hosts = scenarios.hosts.size();
  sim::Simulator simulator(io, std::move(scenarios));

  asio::signal_set signals(io, SIGHUP, SIGUSR1, SIGTERM);
  signals.add(SIGINT);
  std::function<void(const boost::system::error_code&, int)> on_signal;
  on_signal = [&](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGTERM || number == SIGINT) {
      io.stop();
      return;
    }
    if (number == SIGHUP) reload(simulator, options);
    if (number == SIGUSR1) write_stats(simulator, options.stats_file);
    signals.async_wait(on_signal);
  };
  signals.async_wait(on_signal);

  std::cout << "rdpsim: ready on 127.0.0.0/8, port " << simulator.port() << ", " << hosts << " host entries"
            << std::endl;
  std::vector<std::jthread> others;
  for (int i = 1; i < options.threads; ++i) others.emplace_back([&io] { io.run(); });
  io.run();
  others.clear();
  if (!options.stats_file.empty()) write_stats(simulator, options.stats_file);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Simulated RDP hosts on loopback addresses.\n"
      "SIGHUP reads the scenario file again, SIGUSR1 writes the counters, SIGTERM and SIGINT stop."};
  app.add_option("--config", options.config, "Scenario file (YAML); tests/sim/README.md describes it");
  app.add_option("--port", options.port, "Port on 127.0.0.0/8 instead of the file's; 0: a free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--threads", options.threads, "Threads that serve")->check(CLI::Range(1, 64));
  app.add_option("--stats-file", options.stats_file,
                 "Counters as JSON go here on SIGUSR1 and at the end (default: stdout, on SIGUSR1)");
  app.add_flag("--check", options.check, "Read the scenario file, say what is wrong with it, and end");
  app.add_flag("--personalities", options.personalities,
               "List the built-in personalities and payloads, and end");
  CLI11_PARSE(app, argc, argv);

  if (options.personalities) {
    print_personalities();
    return 0;
  }
  if (options.config.empty()) {
    std::cerr << "rdpsim: --config=FILE is missing; see rdpsim --help\n";
    return 2;
  }
  std::optional<sim::Scenarios> scenarios = load(options);
  if (!scenarios) return 1;
  if (options.check) return 0;
  try {
    return serve(options, std::move(*scenarios));
  } catch (const std::runtime_error& error) {
    std::cerr << "rdpsim: " << error.what() << "\n";
    return 1;
  }
}
