#pragma once
// Phase, Category and FailureReason: the closed lists of phases.def and failure_reasons.def as enums, with
// their names. Thread-safe: everything here is a constant.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rdpwatch::handshake {

enum class Phase : std::uint8_t {
#define RDPWATCH_PHASE(id, help) id,
#include "probes/handshake/phases.def"
#undef RDPWATCH_PHASE
};

enum class Category : std::uint8_t {
  network,
  protocol,
  negotiation,
  tls,
  certificate,
  authentication,
  licensing,
  policy,
  local
};

enum class FailureReason : std::uint8_t {
#define RDPWATCH_REASON(id, category, phases, help) id,
#include "probes/handshake/failure_reasons.def"
#undef RDPWATCH_REASON
};

struct PhaseRow {
  Phase phase;
  std::string_view name;
  std::string_view help;
};

struct ReasonRow {
  FailureReason reason;
  std::string_view name;
  Category category;
  std::string_view phases;  ///< names of the phases it can occur in, separated by one space
  std::string_view help;
};

inline constexpr std::array kPhases{
#define RDPWATCH_PHASE(id, help) PhaseRow{Phase::id, #id, help},
#include "probes/handshake/phases.def"
#undef RDPWATCH_PHASE
};

inline constexpr std::array kReasons{
#define RDPWATCH_REASON(id, category, phases, help) \
  ReasonRow{FailureReason::id, #id, Category::category, phases, help},
#include "probes/handshake/failure_reasons.def"
#undef RDPWATCH_REASON
};

constexpr const PhaseRow& row(Phase phase) {
  return kPhases[static_cast<std::size_t>(phase)];
}
constexpr const ReasonRow& row(FailureReason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}
constexpr std::string_view name(Phase phase) {
  return row(phase).name;
}
constexpr std::string_view name(FailureReason reason) {
  return row(reason).name;
}
constexpr Category category(FailureReason reason) {
  return row(reason).category;
}
std::string_view name(Category category);

/// The phase or reason of that name; nothing for a name that the tables do not have.
std::optional<Phase> phase_by_name(std::string_view name);
std::optional<FailureReason> reason_by_name(std::string_view name);

/// Whether a probe can fail with this reason in this phase, by the table's `phases` column.
bool can_occur(FailureReason reason, Phase phase);

}  // namespace rdpwatch::handshake
