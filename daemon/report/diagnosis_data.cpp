// What all forms of a diagnosis share, and its JSON.

#include <algorithm>

#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/result_json.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;
using diagnosis::Blame;
using diagnosis::Cause;
using diagnosis::RankedCause;
using handshake::Verdict;

constexpr std::string_view kRunbooks = "deploy/runbooks/";

std::string platforms_text(const diagnosis::Fix& fix) {
  std::string out;
  for (const auto platform : fix.platforms) out.append(out.empty() ? "" : ", ").append(name(platform));
  return out.empty() ? "" : " (" + out + ")";
}

json::object cause_json(const RankedCause& ranked, std::optional<diagnosis::Platform> platform) {
  json::object out;
  out["id"] = ranked.id;
  const Cause* const cause = diagnosis::find_cause(ranked.id);
  if (cause != nullptr) {
    out["title"] = cause->title;
    out["blame"] = name(cause->blame);
  }
  out["likelihood"] = name(ranked.likelihood);
  out["evidence"] = string_array(ranked.evidence);
  out["against"] = string_array(ranked.against);
  if (cause == nullptr) return out;
  json::array checks;
  for (const auto& check : cause->checks) checks.emplace_back(in_words(check));
  out["checks"] = std::move(checks);
  json::array fixes;
  for (const auto* fix : fixes_for(*cause, platform)) fixes.emplace_back(in_words(*fix));
  out["fixes"] = std::move(fixes);
  out["runbook"] = std::string(kRunbooks) + cause->id + ".md";
  return out;
}

json::array experiments_json(const diagnosis::Diagnosis& diagnosis) {
  json::array out;
  for (const auto& record : diagnosis.experiments) {
    json::object row;
    row["kind"] = name(record.kind);
    row["question"] = describe(record.kind);
    row["target"] = record.target;
    put_text(row, "address", record.address);
    row["passed"] = record.passed;
    row["outcome"] = record.outcome;
    out.emplace_back(std::move(row));
  }
  return out;
}

bool sibling_passed(const DiagnosisReport& report) {
  const auto experiment_passed = [](const diagnosis::ExperimentRecord& record) {
    return record.kind == diagnosis::ExperimentKind::sibling && record.passed;
  };
  return std::ranges::any_of(report.siblings, &SiblingLine::up) ||
         std::ranges::any_of(report.diagnosis.experiments, experiment_passed);
}

std::string blame_text(Blame blame) {
  switch (blame) {
    case Blame::host:
      return "the host";
    case Blame::path:
      return "the way to the host";
    case Blame::name:
      return "the name";
    case Blame::client:
      return "the user's side";
    case Blame::prober:
      return "this machine";
  }
  return "the host";
}

}  // namespace

std::string in_words(const diagnosis::Check& check) {
  std::string out = placed(check, check.look);
  if (!check.command.empty()) out += ": " + check.command;
  if (!check.expect.empty()) out += " -- " + check.expect;
  return out;
}

std::string in_words(const diagnosis::Fix& fix) {
  std::string out = placed(fix, fix.step + platforms_text(fix));
  if (!fix.command.empty()) out += ": " + fix.command;
  if (!fix.warning.empty()) out += " -- mind: " + fix.warning;
  return out;
}

std::string us_or_them(const DiagnosisReport& report) {
  const auto& result = report.result;
  if (result.verdict == Verdict::local_fault)
    return "us: this machine could not do it; the host is not to blame";
  if (result.verdict == Verdict::abandoned) return "not known: the probe was cut off";
  const auto& causes = report.diagnosis.causes;
  const Cause* const first = causes.empty() ? nullptr : diagnosis::find_cause(causes.front().id);
  if (result.verdict == Verdict::success) {
    if (first == nullptr) return "neither: from here the host answers as it should";
    return "the host answers; what is wrong is about " + blame_text(first->blame);
  }
  if (first != nullptr && first->blame == Blame::prober)
    return "most likely us: this machine's network or clock, not the hosts";
  const std::string blame =
      first == nullptr ? "not known yet whose it is" : "it points at " + blame_text(first->blame);
  if (sibling_passed(report)) return "them: a host of the same group answers this machine now; " + blame;
  if (report.siblings.empty())
    return blame +
           "; no other host was there to compare with, so this machine's own network may be part of it";
  return "perhaps us, or the way: no other host of the group answers this machine either";
}

json::array causes_json(const std::vector<RankedCause>& causes, std::optional<diagnosis::Platform> platform) {
  json::array out;
  for (const auto& cause : causes) out.emplace_back(cause_json(cause, platform));
  return out;
}

json::object to_json(const DiagnosisReport& report) {
  json::object out = to_json(report.result);
  out["us_or_them"] = us_or_them(report);
  if (report.fleet.last_success) out["last_success"] = rfc3339_seconds(*report.fleet.last_success);
  json::array siblings;
  for (const auto& sibling : report.siblings) {
    siblings.push_back({{"target", sibling.target}, {"up", sibling.up}, {"outcome", sibling.outcome}});
  }
  out["siblings"] = std::move(siblings);
  out["experiments"] = experiments_json(report.diagnosis);
  out["causes"] = causes_json(report.diagnosis.causes, report.platform);
  return out;
}

}  // namespace rdpwatch::report
