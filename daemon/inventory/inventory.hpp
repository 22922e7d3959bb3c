#pragma once
// Inventory: what is to be probed, as one immutable snapshot made from the configuration and the discovery
// files.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::inventory {

using RecipePtr = std::shared_ptr<const handshake::ProbeRecipe>;
/// Shared by all that were given no other.
const RecipePtr& default_recipe();

/// One target: everything that the scheduler, the store and the exposition need to know of it. Immutable.
struct Target {
  std::string name;  ///< host:port, unique in a snapshot; the `target` label
  std::string group;
  std::string_view source;      ///< "static" or "file_sd"; text that is never freed
  config::SharedLabels labels;  ///< global, group and target labels merged (the more special wins)
  std::string host;             ///< a name, or an IPv4 or IPv6 literal without brackets
  bool host_is_literal = false;
  std::uint16_t port = 3389;
  RecipePtr recipe = default_recipe();  ///< never null
  std::chrono::milliseconds interval{60000};
  std::chrono::milliseconds audit_interval{0};  ///< between two audits of its security; 0: never
  /// Connections that a failing episode may cost to tell its causes apart.
  struct Diagnosis {
    int experiments = 6;
    bool patient = false;  ///< whether one of them may wait 75 s
    bool operator==(const Diagnosis&) const = default;
  } diagnosis;
  bool expand_addresses = false;

  /// Complete, but for what the scheduler remembers (TLS profile, pinned address).
  handshake::ProbePlan plan() const;

  /// The value of that label; "" for none, as Prometheus has it.
  std::string_view label(const std::string& label_name) const {
    const auto found = labels.find(label_name);
    return found == labels.end() ? std::string_view() : std::string_view(found->second);
  }

  bool operator==(const Target& other) const;  ///< same in all that matters to a probe or a series
};

using TargetPtr = std::shared_ptr<const Target>;
using Snapshot = std::map<std::string, TargetPtr>;  ///< by name

}  // namespace rdpwatch::inventory
