// A diagnosis for a ticket: Markdown in the order of the text form.

#include <sstream>

#include "daemon/report/diagnosis_changes.hpp"
#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/time_text.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::report {
namespace {

using diagnosis::Cause;
using diagnosis::Likelihood;
using diagnosis::RankedCause;

// What a host had a hand in must not become markup of the ticket.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : clean(text)) {
    if (std::string_view("\\`*_[]<>#|").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string item(std::string_view label, std::string_view text) {
  return "- **" + std::string(label) + ":** " + plain(text) + "\n";
}

std::string code(const std::string& command) {
  if (command.empty()) return "";
  std::string out = "\n  ```\n";
  std::istringstream lines(command);
  for (std::string line; std::getline(lines, line);) out += "  " + clean(line) + "\n";
  return out + "  ```\n";
}

std::string facts(const DiagnosisReport& report) {
  const auto& result = report.result;
  std::string out = item("Us or them", us_or_them(report));
  if (report.fleet.last_success) out += item("Last good", date_and_time(*report.fleet.last_success));
  out +=
      item("Probed", date_and_time(result.started) + (result.address.empty() ? "" : ", " + result.address) +
                         ", module " + result.module);
  if (result.failure) {
    out += item("Failure", handshake::describe(*result.failure));
    const auto error = diagnosis::client_error(*result.failure);
    if (error)
      out += item("A user sees",
                  diagnosis::to_label(*error) + " (" + std::string(describe(error->certainty)) + ")");
  }
  if (!report.siblings.empty()) {
    std::size_t up = 0;
    for (const auto& sibling : report.siblings) up += sibling.up ? 1 : 0;
    out += item("Siblings", std::to_string(up) + " of " + std::to_string(report.siblings.size()) + " answer");
  }
  for (const auto& [what, text] : changes(report)) out += item("Changed, " + what, text);
  return out;
}

std::string experiments(const DiagnosisReport& report) {
  if (report.diagnosis.experiments.empty()) return "";
  std::string out = "\n## Experiments\n\n| tried | outcome |\n|---|---|\n";
  for (const auto& record : report.diagnosis.experiments) {
    out += "| " + plain(describe(record.kind)) + " | " + plain(record.outcome) + " |\n";
  }
  return out;
}

std::string cause_section(const RankedCause& ranked, std::optional<diagnosis::Platform> platform) {
  const Cause* const cause = diagnosis::find_cause(ranked.id);
  std::string out = "\n### " + plain(cause == nullptr ? std::string(ranked.id) : cause->title) + " (" +
                    std::string(name(ranked.likelihood)) + ")\n\n";
  for (const auto& line : ranked.evidence) out += item("because", line);
  for (const auto& line : ranked.against) out += item("but", line);
  if (cause == nullptr || ranked.likelihood == Likelihood::possible) return out;
  out += "\nTo confirm:\n\n";
  for (const auto& check : cause->checks) {
    out += "- " + placed(check, plain(check.look)) +
           (check.expect.empty() ? "" : " -- " + plain(check.expect)) + "\n" + code(check.command);
  }
  out += "\nTo fix it, the least invasive first:\n\n";
  for (const auto* fix : fixes_for(*cause, platform)) {
    std::string only;
    for (const auto one : fix->platforms) only.append(only.empty() ? "" : ", ").append(name(one));
    out += "- " + placed(*fix, plain(fix->step)) + (only.empty() ? "" : " (" + only + ")") +
           (fix->warning.empty() ? "" : " -- mind: " + plain(fix->warning)) + "\n" + code(fix->command);
  }
  return out;
}

}  // namespace

std::string to_markdown(const DiagnosisReport& report, const Thresholds& thresholds) {
  std::string out = "# " + plain(report.result.target) + ": " +
                    std::string(name(judge(report.result, thresholds))) + "\n\n" + facts(report);
  if (!report.diagnosis.causes.empty()) out += "\n## Likely causes\n";
  for (const auto& cause : report.diagnosis.causes) out += cause_section(cause, report.platform);
  return out + experiments(report);
}

}  // namespace rdpwatch::report
