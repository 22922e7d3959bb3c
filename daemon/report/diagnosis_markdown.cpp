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

// What a host had a hand in must not become markup of the ticket, nor a link that somebody follows.
std::string plain(std::string_view text) {
  const std::string safe = clean(text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const std::string_view rest = std::string_view(safe).substr(i);
    const bool links = rest.starts_with("://") || rest.starts_with("@") ||
                       (i >= 3 && rest.starts_with(".") && std::string_view(safe).substr(i - 3, 3) == "www");
    if (links || std::string_view("\\`*_[]<>#|~&").find(safe[i]) != std::string_view::npos) out += '\\';
    out += safe[i];
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

std::string facts(const DiagnosisReport& report, const Thresholds& thresholds) {
  const auto& result = report.result;
  std::string out = item("Us or them", us_or_them(report));
  if (report.fleet.last_success) out += item("Last good", date_and_time(*report.fleet.last_success));
  out +=
      item("Probed", date_and_time(result.started) + (result.address.empty() ? "" : ", " + result.address) +
                         ", module " + result.module);
  const std::string worry = certificate_worry(result, thresholds);
  if (!worry.empty()) out += item("Certificate", worry);
  if (result.failure) {
    out += item("Failure", handshake::describe(*result.failure));
    const auto error = diagnosis::client_error(*result.failure);
    if (error)
      out += item("A user of Microsoft's client sees",
                  diagnosis::to_label(*error) + " (" + std::string(describe(error->certainty)) + ")");
  }
  const SiblingCount count = count_siblings(report);
  if (count.all > 0) out += item("Siblings", sibling_sentence(count));
  for (const auto& sibling : report.siblings) {
    if (!sibling.up) out += item("Fails too", sibling.target + ": " + sibling.outcome);
  }
  for (const auto& [what, text] : changes(report)) out += item("Changed, " + what, text);
  return out;
}

std::string experiments(const DiagnosisReport& report) {
  if (report.diagnosis.experiments.empty()) return "";
  std::string out = "\n## Experiments\n\n| tried | outcome |\n|---|---|\n";
  for (const auto& record : report.diagnosis.experiments) {
    out += "| " + plain(tried(report, record)) + " | " + plain(record.outcome) + " |\n";
  }
  return out;
}

std::string check_items(const Cause& cause) {
  std::string out = "\nTo confirm:\n\n";
  for (const auto& check : cause.checks) {
    out += "- " + placed(check, plain(check.look)) +
           (check.expect.empty() ? "" : " -- " + plain(check.expect)) + "\n" + code(check.command);
  }
  return out;
}

std::string fix_items(const Cause& cause, std::optional<diagnosis::Platform> platform) {
  std::string out = "\nTo fix it, the least invasive first:\n\n";
  for (const auto* fix : fixes_for(cause, platform)) {
    out += "- " + placed(*fix, plain(fix->step)) + only_for(*fix) +
           (fix->warning.empty() ? "" : " -- mind: " + plain(fix->warning)) + "\n" + code(fix->command);
  }
  return out;
}

// Of a cause that is no more than possible nobody should change anything; where no other leads, its checks
// are still the best place to begin.
std::string cause_section(const RankedCause& ranked, std::optional<diagnosis::Platform> platform,
                          bool first) {
  const Cause* const cause = diagnosis::find_cause(ranked.id);
  const bool leads = ranked.likelihood != Likelihood::possible;
  std::string out = "\n### " + plain(cause == nullptr ? std::string(ranked.id) : cause->title) + " (" +
                    std::string(name(ranked.likelihood)) + ")\n\n";
  for (const auto& line : ranked.evidence) out += item("because", line);
  for (const auto& line : ranked.against) out += item("but", line);
  if (cause == nullptr) return out;
  if (leads || first) out += check_items(*cause);
  return leads ? out + fix_items(*cause, platform) : out;
}

}  // namespace

std::string to_markdown(const DiagnosisReport& report, const Thresholds& thresholds) {
  std::string out = "# " + plain(report.result.target) + ": " +
                    std::string(name(judge(report.result, thresholds))) + ": " +
                    plain(headline_words(report)) + "\n\n" + facts(report, thresholds);
  const auto& causes = report.diagnosis.causes;
  if (!causes.empty()) out += "\n## Likely causes\n";
  for (const auto& cause : causes) out += cause_section(cause, report.platform, &cause == &causes.front());
  return out + experiments(report);
}

}  // namespace rdpwatch::report
