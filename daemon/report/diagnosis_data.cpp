// What all forms of a diagnosis share, and its JSON.

#include <algorithm>

#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/explain_cause.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/result_json.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;
using diagnosis::Blame;
using diagnosis::Cause;
using diagnosis::RankedCause;
using handshake::Phase;
using handshake::Verdict;

constexpr std::string_view kRunbooks = "deploy/runbooks/";

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
  return count_siblings(report).up > 0 ||
         std::ranges::any_of(report.diagnosis.experiments, experiment_passed);
}

// Beyond the TCP connection it said something, if only what it does not want: then the way to it works.
bool answered(const handshake::ProbeResult& result) {
  if (!result.failure || result.failure->phase < Phase::negotiate) return false;
  const auto end = diagnosis::ending(result, result.failure->phase);
  return end == diagnosis::Ending::alert || end == diagnosis::Ending::odd;
}

std::string failure_of_whom(const DiagnosisReport& report, const Cause* first) {
  if (first != nullptr && first->blame == Blame::prober)
    return "most likely us: this machine's network or clock, not the hosts";
  const std::string blame =
      first == nullptr ? "not known yet whose it is" : "it points at " + std::string(describe(first->blame));
  if (sibling_passed(report)) return "them: a host of the same group answers this machine; " + blame;
  if (answered(report.result)) return "them: the host itself answers this machine; " + blame;
  if (count_siblings(report).all == 0)
    return blame +
           "; no other host was there to compare with, so this machine's own network may be part of it";
  if (report.fleet.others_up > 0)
    return "them: other groups answer this machine, and nobody of this one does; it points at what the group "
           "shares";
  return "perhaps us, or the way: no other host of the group answers this machine either";
}

}  // namespace

std::string only_for(const diagnosis::Fix& fix) {
  const std::string platforms = platforms_in_words(fix);
  return platforms.empty() ? "" : " (" + platforms + ")";
}

std::string in_words(const diagnosis::Check& check) {
  std::string out = placed(check, check.look);
  if (!check.command.empty()) out += ": " + check.command;
  if (!check.expect.empty()) out += " -- " + check.expect;
  return out;
}

std::string in_words(const diagnosis::Fix& fix) {
  std::string out = placed(fix, fix.step + only_for(fix));
  if (!fix.command.empty()) out += ": " + fix.command;
  if (!fix.warning.empty()) out += " -- mind: " + fix.warning;
  return out;
}

SiblingCount count_siblings(const DiagnosisReport& report) {
  if (report.siblings.empty()) return {report.fleet.siblings_up, report.fleet.siblings};
  const auto up = std::ranges::count_if(report.siblings, &SiblingLine::up);
  return {static_cast<std::size_t>(up), report.siblings.size()};
}

std::string sibling_sentence(const SiblingCount& count) {
  return std::to_string(count.up) + " of " + std::to_string(count.all) +
         (count.all == 1 ? " other of the group answers" : " others of the group answer");
}

std::string us_or_them(const DiagnosisReport& report) {
  const auto& causes = report.diagnosis.causes;
  const Cause* const first = causes.empty() ? nullptr : diagnosis::find_cause(causes.front().id);
  switch (report.result.verdict) {
    case Verdict::local_fault:
      return "us: this machine could not do it; the host is not to blame";
    case Verdict::abandoned:
      return "not known: the probe was cut off";
    case Verdict::success:
      if (first == nullptr) return "neither: from here the host answers as it should";
      return "the host answers; what is wrong points at " + std::string(describe(first->blame));
    case Verdict::failure:
      return failure_of_whom(report, first);
  }
  return "";
}

std::string tried(const DiagnosisReport& report, const diagnosis::ExperimentRecord& record) {
  std::string out(describe(record.kind));
  const bool elsewhere = record.target != report.result.target || record.address != report.result.address;
  const std::string& place = record.target != report.result.target ? record.target : record.address;
  if (elsewhere && !place.empty()) out += " (" + place + ")";
  return out;
}

std::string headline_words(const DiagnosisReport& report) {
  const auto& result = report.result;
  if (result.verdict == Verdict::abandoned) return "cut off: " + result.abandoned_why;
  if (result.verdict == Verdict::local_fault && result.failure)
    return "this machine's fault: " + handshake::describe(*result.failure);
  const auto& causes = report.diagnosis.causes;
  const Cause* const first = causes.empty() ? nullptr : diagnosis::find_cause(causes.front().id);
  if (first != nullptr) return first->title + " (" + std::string(name(causes.front().likelihood)) + ")";
  return result.failure ? handshake::describe(*result.failure) : "nothing is wrong from here";
}

std::string certificate_worry(const handshake::ProbeResult& result, const Thresholds& thresholds) {
  if (!result.certificate || judge(*result.certificate, result.started, thresholds) == State::ok) return "";
  std::string out =
      result.certificate->subject + ", " + days_left_in_words(days_to_expiry(result, *result.certificate));
  for (const auto problem : result.certificate->problems) {
    if (problem == handshake::CertificateProblem::self_signed) continue;
    out.append(", ").append(handshake::name(problem));
  }
  return out;
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
