#pragma once
// `rdpwatch serve`: the daemon in the foreground.

#include <string>
#include <vector>

#include "daemon/cli/logging.hpp"

namespace rdpwatch::cli {

struct ServeOptions {
  std::string config_file;
  bool config_check = false;  ///< check the configuration and leave, as check-config does
  std::vector<std::string> listen_addresses{
      ":9839"};                   ///< "host:port", "[v6]:port" or ":port" for all addresses
  std::string web_config_file;    ///< empty: plain HTTP for everybody
  std::string external_url;       ///< empty: none
  bool enable_lifecycle = false;  ///< POST /-/reload
  std::string events_file;        ///< empty: none; "-": stdout, as the log goes to stderr
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::logfmt;
};

/// Runs until SIGTERM or SIGINT. The exit code: 0 after an orderly stop, 1 for a configuration that can't be
/// used.
int serve(const ServeOptions& options);

}  // namespace rdpwatch::cli
