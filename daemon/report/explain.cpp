#include "daemon/report/explain.hpp"

#include "daemon/report/explain_cause.hpp"
#include "daemon/report/explain_code.hpp"
#include "daemon/report/first_check.hpp"
#include "daemon/report/suggestions.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::report {
namespace {

constexpr std::size_t kLabel = 12;

std::string title(const TextStyle& style, std::string_view id, std::string_view meaning) {
  return paint(style, Colour::bold, id) + "\n" + labelled(style, "meaning", kLabel, meaning);
}

std::string cause_ids(const std::vector<const diagnosis::Cause*>& causes) {
  std::string out;
  for (const diagnosis::Cause* const cause : causes) out.append(out.empty() ? "" : " ").append(cause->id);
  return out;
}

std::string explain_reason(const TextStyle& style, const handshake::ReasonRow& row) {
  std::string out = title(style, row.name, row.help);
  out += labelled(style, "category", kLabel, handshake::name(row.category));
  for (const auto& phase : handshake::kPhases) {
    if (!handshake::can_occur(row.reason, phase.phase)) continue;
    out += "\n" + paint(style, Colour::bold, "in " + std::string(phase.name)) + "\n";
    const auto error = diagnosis::client_error(phase.phase, row.reason);
    if (error) {
      out += labelled(style, "client", kLabel,
                      to_label(*error) + " (" + std::string(describe(error->certainty)) + ")");
    }
    const FirstCheck check = first_check(phase.phase, row.reason, "HOST", 3389);
    out += labelled(style, "check", kLabel, std::string(check.where) + ":");
    out += std::string(kLabel + 2, ' ') + check.command + "\n";  // Unbroken, to be copied.
    out += labelled(style, "look for", kLabel, check.look_for);
    const std::string causes = cause_ids(diagnosis::causes_of({phase.phase, row.reason}));
    if (!causes.empty()) out += labelled(style, "causes", kLabel, causes);
  }
  return out;
}

std::string explain_phase(const TextStyle& style, const handshake::PhaseRow& row) {
  std::string out = title(style, row.name, row.help);
  out += "\n" + paint(style, Colour::bold, "what can go wrong in it") + "\n";
  for (const auto& reason : handshake::kReasons) {
    if (!handshake::can_occur(reason.reason, row.phase)) continue;
    out += labelled(style, "", 0, std::string(reason.name) + ": " + std::string(reason.help));
  }
  return out;
}

std::optional<std::string> explain_id(const TextStyle& style, const std::string& id) {
  if (const auto phase = handshake::phase_by_name(id)) return explain_phase(style, row(*phase));
  if (const auto reason = handshake::reason_by_name(id)) return explain_reason(style, row(*reason));
  const diagnosis::Cause* const cause = diagnosis::find_cause(id);
  if (const FindingWords* const finding = find_finding(id)) {
    // A finding may have the name of the cause that it is the sign of; then both are told.
    return title(style, finding->id, finding->meaning) + labelled(style, "fix", kLabel, finding->fix) +
           (cause == nullptr ? "" : "\n" + explain_cause(style, *cause));
  }
  if (cause != nullptr) return explain_cause(style, *cause);
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    const auto problem = static_cast<handshake::CertificateProblem>(i);
    if (handshake::name(problem) != id) continue;
    return title(style, id, meaning(problem)) + labelled(style, "fix", kLabel, fix(problem));
  }
  return std::nullopt;
}

std::vector<std::string_view> ids() {
  std::vector<std::string_view> out;
  for (const auto& row : handshake::kPhases) out.push_back(row.name);
  for (const auto& row : handshake::kReasons) out.push_back(row.name);
  for (const auto& row : findings()) out.push_back(row.id);
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    out.push_back(handshake::name(static_cast<handshake::CertificateProblem>(i)));
  }
  for (const auto& cause : diagnosis::causes()) out.push_back(cause.id);
  return out;
}

std::string unknown_id(const TextStyle& style, const std::string& subject) {
  std::string out = "nothing is known of \"" + clean(subject, style.utf8) + "\"\n";
  const std::string nearest = did_you_mean(subject, ids());
  if (!nearest.empty()) out += labelled(style, "", 0, nearest);
  out += labelled(
      style, "allowed", kLabel,
      "a client's code (0x904, 2308) with or without its extended code (0x7), a cause, a phase, a reason, a "
      "finding or a certificate problem");
  std::string phases;
  for (const auto& row : handshake::kPhases) phases.append(phases.empty() ? "" : " ").append(row.name);
  std::string reasons;
  for (const auto& row : handshake::kReasons) reasons.append(reasons.empty() ? "" : " ").append(row.name);
  std::string causes;
  for (const auto& cause : diagnosis::causes()) causes.append(causes.empty() ? "" : " ").append(cause.id);
  return out + labelled(style, "phases", kLabel, phases) + labelled(style, "reasons", kLabel, reasons) +
         labelled(style, "causes", kLabel, causes);
}

}  // namespace

Explanation explain(const std::string& subject, const std::optional<std::string>& extended,
                    const TextStyle& style) {
  // Metrics, logs and reports write the pair in one word, 0x904/0x7, and people paste it.
  const std::size_t slash = subject.find('/');
  if (!extended && slash != std::string::npos) {
    return explain(subject.substr(0, slash), subject.substr(slash + 1), style);
  }
  const auto code = diagnosis::parse_code(subject);
  if (code) return explain_code(*code, extended, style);
  if (extended) {
    return {"an extended code goes with a client's code only, and \"" + clean(subject, style.utf8) +
                "\" is none; allowed: 0x904 0x7, or 2308 7\n",
            false};
  }
  const auto text = explain_id(style, subject);
  if (text) return {*text, true};
  return {unknown_id(style, subject), false};
}

}  // namespace rdpwatch::report
