// A diagnosis on a terminal. The order is the one in which a tired administrator asks: is it us, since when,
// what, who else, what changed, why, and what to do.

#include <algorithm>
#include <sstream>

#include "daemon/report/diagnosis_changes.hpp"
#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/failure_section.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/text_sections.hpp"
#include "daemon/report/time_text.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::report {
namespace {

using diagnosis::Cause;
using diagnosis::Likelihood;
using diagnosis::RankedCause;

Colour colour_of(Likelihood likelihood) {
  switch (likelihood) {
    case Likelihood::decisive:
      return Colour::red;
    case Likelihood::likely:
      return Colour::yellow;
    case Likelihood::possible:
      return Colour::grey;
  }
  return Colour::grey;
}

std::string headline(const TextStyle& style, const DiagnosisReport& report, const Thresholds& thresholds) {
  const State state = judge(report.result, thresholds);
  return paint(style, colour_of(state), name(state)) + "  " +
         paint(style, Colour::bold, clean(report.result.target, style.utf8)) + "  " +
         clean(headline_words(report), style.utf8) + "\n";
}

std::string probed(const handshake::ProbeResult& result) {
  std::string out = date_and_time(result.started);
  if (!result.address.empty()) out += ", " + result.address;
  if (result.addresses.size() > 1) out += " (of " + std::to_string(result.addresses.size()) + ")";
  if (!result.group.empty()) out += ", group " + result.group;
  return out + ", module " + result.module;
}

std::string since_lines(const TextStyle& style, const DiagnosisReport& report, const Thresholds& thresholds) {
  const auto line = [&](std::string_view label, const std::string& text) {
    return text.empty() ? "" : labelled(style, label, kLabelWidth, clean(text, style.utf8));
  };
  const auto& last = report.fleet.last_success;
  std::string good = last ? date_and_time(*last) : "";
  if (!last && report.result.verdict == handshake::Verdict::failure)
    good =
        "not known to this command; a daemon that watches the host exports "
        "rdp_probe_last_success_timestamp_seconds";
  return line("us or them", us_or_them(report)) + line("last good", good) +
         line("probed", probed(report.result)) +
         line("certificate", certificate_worry(report.result, thresholds));
}

std::string sibling_lines(const TextStyle& style, const DiagnosisReport& report) {
  const SiblingCount count = count_siblings(report);
  if (count.all == 0) return "";
  std::string out = heading(style, "Siblings");
  out += labelled(style, "fine", kLabelWidth, sibling_sentence(count));
  for (const auto& sibling : report.siblings) {
    if (sibling.up) continue;
    out +=
        labelled(style, "fails too", kLabelWidth, clean(sibling.target + ": " + sibling.outcome, style.utf8));
  }
  return out;
}

std::string change_lines(const TextStyle& style, const DiagnosisReport& report) {
  std::string lines;
  for (const auto& [what, text] : changes(report))
    lines += labelled(style, what, kLabelWidth, clean(text, style.utf8));
  return lines.empty() ? "" : heading(style, "What changed") + lines;
}

std::string experiment_lines(const TextStyle& style, const DiagnosisReport& report) {
  if (report.diagnosis.experiments.empty()) return "";
  std::string out = heading(style, "Experiments that were made");
  for (const auto& record : report.diagnosis.experiments) {
    out += labelled(style, record.passed ? "passes" : "fails", kLabelWidth,
                    clean(tried(report, record) + ": " + record.outcome, style.utf8));
  }
  return out;
}

std::string cause_lines(const TextStyle& style, const RankedCause& ranked, std::size_t number) {
  const Cause* const cause = diagnosis::find_cause(ranked.id);
  const std::string title = cause == nullptr ? std::string(ranked.id) : cause->title;
  std::string out = "\n  " + std::to_string(number) + ". " +
                    paint(style, Colour::bold, clean(title, style.utf8)) + "  " +
                    paint(style, colour_of(ranked.likelihood), name(ranked.likelihood)) + "\n";
  for (const auto& line : ranked.evidence)
    out += labelled(style, "because", kLabelWidth, clean(line, style.utf8));
  for (const auto& line : ranked.against) out += labelled(style, "but", kLabelWidth, clean(line, style.utf8));
  out += labelled(style, "more", kLabelWidth, "rdpwatch explain " + std::string(ranked.id));
  return out;
}

std::string command_lines(const TextStyle& style, const std::string& command) {
  // Unbroken, to be copied.
  std::string out;
  std::istringstream lines(command);
  for (std::string line; std::getline(lines, line);) {
    out += "      " + paint(style, Colour::bold, clean(line, style.utf8)) + "\n";
  }
  return out;
}

/// More than these of one cause belong into `explain`.
constexpr std::size_t kShownChecks = 3;
constexpr std::size_t kShownFixes = 3;

std::string more_line(const TextStyle& style, std::size_t all, std::size_t shown, const std::string& id) {
  if (all <= shown) return "";
  return labelled(style, "", 0, std::to_string(all - shown) + " more: rdpwatch explain " + id);
}

std::string check_lines(const TextStyle& style, const Cause& cause) {
  std::string out;
  const std::size_t shown = std::min(cause.checks.size(), kShownChecks);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& check = cause.checks[i];
    out += labelled(style, "", 0, placed(check, clean(check.look, style.utf8)));
    out += command_lines(style, check.command);
    if (!check.expect.empty()) out += labelled(style, "", 2, clean(check.expect, style.utf8));
  }
  return out + more_line(style, cause.checks.size(), shown, cause.id);
}

std::string fix_line(const TextStyle& style, const diagnosis::Fix& fix, std::size_t number) {
  std::string out = labelled(
      style, "", 0, std::to_string(number) + ". " + placed(fix, clean(fix.step, style.utf8)) + only_for(fix));
  out += command_lines(style, fix.command);
  if (!fix.warning.empty()) out += labelled(style, "", 2, "mind: " + clean(fix.warning, style.utf8));
  return out;
}

// The steps from `first` up to the one before `next`; numbers are those of the whole list.
std::string left_out_line(const TextStyle& style, std::size_t first, std::size_t next,
                          const std::string& id) {
  if (first == next) return "";
  const std::string which =
      first + 1 == next ? std::to_string(first) : std::to_string(first) + " to " + std::to_string(next - 1);
  return labelled(style, "", 0, which + ": rdpwatch explain " + id);
}

// What is made for the host's own platform is shown even where others are left out.
std::string fix_lines(const TextStyle& style, const Cause& cause,
                      std::optional<diagnosis::Platform> platform) {
  std::string out;
  const auto fixes = fixes_for(cause, platform);
  std::size_t unsaid = 1;
  for (std::size_t i = 0; i < fixes.size(); ++i) {
    const bool ours = platform && !fixes[i]->platforms.empty();
    if (i >= kShownFixes && !ours) continue;
    out += left_out_line(style, unsaid, i + 1, cause.id) + fix_line(style, *fixes[i], i + 1);
    unsaid = i + 2;
  }
  return out + left_out_line(style, unsaid, fixes.size() + 1, cause.id);
}

// Checks and fixes of the causes that lead; of all of them nobody could read the page. Where none leads, the
// first one's checks are still the best place to begin, but nobody should change anything for it.
std::string action_lines(const TextStyle& style, const DiagnosisReport& report) {
  constexpr std::size_t kDetailed = 2;
  std::string out;
  std::size_t shown = 0;
  for (const auto& ranked : report.diagnosis.causes) {
    const Cause* const cause = diagnosis::find_cause(ranked.id);
    if (cause == nullptr) continue;
    const bool leads = ranked.likelihood != Likelihood::possible;
    if (shown == kDetailed || (!leads && shown > 0)) break;
    ++shown;
    out += heading(style, "To confirm: " + clean(cause->title, style.utf8)) + check_lines(style, *cause);
    if (!leads) break;
    out += heading(style, "To fix it, the least invasive first") + fix_lines(style, *cause, report.platform);
  }
  return out;
}

std::string cause_section(const TextStyle& style, const DiagnosisReport& report) {
  const auto& causes = report.diagnosis.causes;
  if (causes.empty() && report.result.verdict != handshake::Verdict::failure) return "";
  std::string out = heading(style, "Likely causes");
  if (causes.empty())
    out += labelled(style, "", 0,
                    "none is known for this; the phase, the reason and the client's code above are all there "
                    "is");
  std::size_t number = 0;
  for (const auto& cause : causes) out += cause_lines(style, cause, ++number);
  return out;
}

}  // namespace

std::string to_text(const DiagnosisReport& report, const Thresholds& thresholds, const TextStyle& style) {
  std::string out = headline(style, report, thresholds) + since_lines(style, report, thresholds);
  if (report.result.failure)
    out += heading(style, "Failure") + failure_section(style, *report.result.failure);
  out += sibling_lines(style, report) + change_lines(style, report) + cause_section(style, report) +
         action_lines(style, report);
  const std::string findings = finding_lines(style, report.result.findings);
  if (!findings.empty()) out += heading(style, "Findings") + findings;
  return out + experiment_lines(style, report);
}

}  // namespace rdpwatch::report
