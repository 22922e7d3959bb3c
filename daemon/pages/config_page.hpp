#pragma once
// The configuration in force, and what became of the last attempt to load another one.

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/http/message.hpp"
#include "daemon/inventory/group_discovery.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "daemon/pages/list_query.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

struct Configuration {
  std::string yaml;  ///< config::shown_yaml(): without secrets; empty before the first load
  std::string file;
  std::optional<fleet::WallTime> loaded;
  /// Of the last reload: its errors, one a line; empty when it was good.
  std::string reload_error;
  std::optional<fleet::WallTime> reload_failed;
  std::vector<inventory::HeldChange> held;
  std::vector<std::pair<std::string, std::string>> flags;  ///< of the command line, with their values
};

/// Keeps it for the page: the control thread writes, the HTTP thread reads. Thread-safe.
class ConfigurationBoard {
 public:
  void set_flags(std::vector<std::pair<std::string, std::string>> flags);
  /// A configuration came into force.
  void loaded(std::string yaml, std::string file, fleet::WallTime when);
  void reload_failed(std::string errors, fleet::WallTime when);
  void set_held(std::vector<inventory::HeldChange> held);
  Configuration get() const;

 private:
  mutable std::mutex mutex_;
  Configuration configuration_;
};

/// Of the YAML, on the page; the whole is behind format=yaml. The inventory may have 50,000 targets.
inline constexpr std::size_t kShownYaml = 256 * 1024;
/// Bytes of the errors of a reload that are kept; the log has all of them.
inline constexpr std::size_t kKeptErrors = 16 * 1024;

/// The parameter format=yaml gives the whole as text; a fault page for anything else. Thread-safe: a pure
/// function.
std::variant<Page, http::Response> config_page(Configuration configuration, const metrics::SelfStatus& self,
                                               fleet::WallTime now, Parameters parameters);

}  // namespace rdpwatch::pages
