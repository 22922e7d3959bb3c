#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::handshake {

std::string_view name(Category category) {
  switch (category) {
    case Category::network:
      return "network";
    case Category::protocol:
      return "protocol";
    case Category::negotiation:
      return "negotiation";
    case Category::tls:
      return "tls";
    case Category::certificate:
      return "certificate";
    case Category::authentication:
      return "authentication";
    case Category::licensing:
      return "licensing";
    case Category::policy:
      return "policy";
    case Category::local:
      return "local";
  }
  return "";
}

std::optional<Phase> phase_by_name(std::string_view name) {
  for (const auto& row : kPhases) {
    if (row.name == name) return row.phase;
  }
  return std::nullopt;
}

std::optional<FailureReason> reason_by_name(std::string_view name) {
  for (const auto& row : kReasons) {
    if (row.name == name) return row.reason;
  }
  return std::nullopt;
}

bool can_occur(FailureReason reason, Phase phase) {
  std::string_view list = row(reason).phases;
  const std::string_view wanted = name(phase);
  while (!list.empty()) {
    const auto space = list.find(' ');
    if (list.substr(0, space) == wanted) return true;
    if (space == std::string_view::npos) break;
    list.remove_prefix(space + 1);
  }
  return false;
}

}  // namespace rdpwatch::handshake
