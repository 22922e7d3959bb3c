// `rdpwatch serve`: the configuration, then the daemon.

#include <cstdio>
#include <exception>
#include <utility>
#include <variant>
#include <vector>

#include "config/load.hpp"
#include "daemon/app.hpp"
#include "daemon/cli/logging.hpp"
#include "daemon/cli/serve.hpp"
#include "daemon/http/access.hpp"

namespace rdpwatch::cli {

int serve(const ServeOptions& options) {
  log::set_up(options.log_level, options.log_format);
  config::LoadResult loaded = config::load_file(options.config_file);
  if (const auto* errors = std::get_if<std::vector<config::Error>>(&loaded)) {
    for (const auto& error : *errors) std::fprintf(stderr, "%s\n", config::to_string(error).c_str());
    return 1;
  }
  if (!options.web_config_file.empty()) {
    const std::vector<std::string> web_errors = http::load_access(options.web_config_file).errors;
    for (const std::string& error : web_errors) std::fprintf(stderr, "%s\n", error.c_str());
    if (!web_errors.empty()) return 1;
  }
  auto& settings = std::get<config::Settings>(loaded);
  if (options.config_check) {
    std::printf("%s is valid\n", options.config_file.c_str());
    if (!options.web_config_file.empty()) std::printf("%s is valid\n", options.web_config_file.c_str());
    return 0;
  }
  try {
    App app(options, std::move(settings));
    return app.run();
  } catch (const std::exception& error) {
    log::error("rdpwatch can't start", {{"error", error.what()}});
    return 1;
  }
}

}  // namespace rdpwatch::cli
