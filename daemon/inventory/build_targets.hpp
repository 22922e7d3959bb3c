#pragma once
// Settings -> what the prober understands. Pure functions; the settings must come from config::load_file (or
// be as valid), because names are not checked a second time.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "daemon/inventory/inventory.hpp"

namespace rdpwatch::inventory {

inline constexpr std::string_view kStaticSource = "static";
inline constexpr std::string_view kFileSdSource = "file_sd";

/// The plan of one probe of `target` by the module `module`, a key of settings.modules; also for a probe that
/// no inventory asks for, whose group is empty. `timeout` of zero means the global one.
handshake::ProbePlan build_plan(const config::Settings& settings, const std::string& module,
                                const config::TargetSettings& target, std::chrono::milliseconds timeout);

/// Labels of a target: global, group and own ones merged, the more special wins; empty ones are dropped at
/// the end, so that an empty label takes away the one of the group.
config::Labels merge_labels(const config::Labels& global, const config::Labels& group,
                            const config::Labels& own);

/// Makes the targets of one group, which share what they have in common. Keeps references to both settings.
class TargetBuilder {
 public:
  TargetBuilder(const config::Settings& settings, const config::GroupSettings& group);

  /// `source` is one of the constants above.
  TargetPtr build(const config::TargetSettings& target, std::string_view source);

 private:
  const config::Settings& settings_;
  const config::GroupSettings& group_;
  RecipePtr recipe_;
  config::SharedLabels own_;     ///< of the last target
  config::SharedLabels merged_;  ///< and what became of them
};

/// The targets that the configuration itself lists, in its order.
std::vector<TargetPtr> build_targets(const config::Settings& settings);

}  // namespace rdpwatch::inventory
