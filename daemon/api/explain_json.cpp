#include "daemon/api/explain_json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/explain.hpp"
#include "daemon/report/first_check.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using diagnosis::Cause;

constexpr std::size_t kTextWidth = 100;

/// What is in the query: one word, or a code and its extended code.
struct Subject {
  std::string first;
  std::optional<std::string> extended;
};

std::optional<Subject> subject_of(const std::string& query) {
  std::string words = query;
  std::replace(words.begin(), words.end(), '/', ' ');
  std::istringstream stream(words);
  std::vector<std::string> parts;
  for (std::string word; stream >> word;) parts.push_back(word);
  if (parts.empty() || parts.size() > 2) return std::nullopt;
  return Subject{parts[0], parts.size() == 2 ? std::optional(parts[1]) : std::nullopt};
}

json::object cause_json(const Cause& cause) {
  json::object out;
  out["id"] = cause.id;
  out["title"] = cause.title;
  out["blame"] = diagnosis::name(cause.blame);
  out["certainty"] = diagnosis::describe(cause.certainty);
  out["explanation"] = cause.explanation;
  out["signs"] = report::string_array(cause.signs);
  out["rules_out"] = report::string_array(cause.rules_out);
  out["tells_apart"] = cause.tells_apart;
  json::array checks;
  for (const auto& check : cause.checks) checks.emplace_back(report::in_words(check));
  out["checks"] = std::move(checks);
  json::array fixes;
  for (const auto* const fix : fixes_for(cause, std::nullopt)) fixes.emplace_back(report::in_words(*fix));
  out["fixes"] = std::move(fixes);
  out["client_codes"] = report::string_array(cause.client_codes);
  json::array failures;
  for (const auto& symptom : cause.reasons) failures.emplace_back(diagnosis::to_label(symptom));
  out["failures"] = std::move(failures);
  return out;
}

json::array causes_json(const std::vector<const Cause*>& causes) {
  json::array out;
  for (const auto* const cause : causes) out.emplace_back(cause_json(*cause));
  return out;
}

template <class Row>
json::object code_json(std::uint32_t code, std::string_view kind, const Row& row, std::string_view beware) {
  json::object out;
  out["code"] = diagnosis::hex_label(code);
  out["decimal"] = code;
  out["kind"] = kind;
  out["meaning"] = row.meaning;
  report::put_text(out, "beware", beware);
  out["cause"] = row.cause;
  report::put_text(out, "fix", row.fix);
  out["certainty"] = diagnosis::describe(row.certainty);
  return out;
}

/// The rows of the tables that the two numbers lead to.
void put_codes(json::object& out, const diagnosis::WrittenCode& first,
               const std::optional<diagnosis::WrittenCode>& extended) {
  json::array codes;
  const auto* const primary = diagnosis::find_client_code(first.value);
  if (primary != nullptr)
    codes.emplace_back(
        code_json(first.value, "client", *primary, diagnosis::client_code_beware(first.value)));
  const auto second = extended ? extended : primary == nullptr ? std::optional(first) : std::nullopt;
  const auto* const row = second ? diagnosis::find_extended_code(second->value) : nullptr;
  if (row != nullptr)
    codes.emplace_back(
        code_json(second->value, "extended", *row, diagnosis::extended_code_beware(second->value)));
  out["codes"] = std::move(codes);
  if (primary == nullptr) return;
  const auto wanted = extended ? std::optional(extended->value) : std::nullopt;
  out["causes"] = causes_json(diagnosis::causes_of_code(first.value, wanted));
}

json::object reason_json(const handshake::ReasonRow& reason) {
  json::object out;
  out["id"] = reason.name;
  out["category"] = handshake::name(reason.category);
  out["meaning"] = reason.help;
  json::array phases;
  for (const auto& phase : handshake::kPhases) {
    if (!handshake::can_occur(reason.reason, phase.phase)) continue;
    json::object row;
    row["phase"] = phase.name;
    if (const auto error = diagnosis::client_error(phase.phase, reason.reason))
      row["client_error"] = to_label(*error);
    const auto check = report::first_check(phase.phase, reason.reason, "HOST", 3389);
    row["check"] = {{"where", check.where}, {"command", check.command}, {"look_for", check.look_for}};
    json::array causes;
    for (const auto* const cause : diagnosis::causes_of({phase.phase, reason.reason}))
      causes.emplace_back(cause->id);
    row["causes"] = std::move(causes);
    phases.emplace_back(std::move(row));
  }
  out["phases"] = std::move(phases);
  return out;
}

void put_phase(json::object& out, const handshake::PhaseRow& phase) {
  out["phases"] = json::array{json::object{{"id", phase.name}, {"meaning", phase.help}}};
  json::array reasons;
  for (const auto& reason : handshake::kReasons) {
    if (handshake::can_occur(reason.reason, phase.phase)) reasons.emplace_back(reason_json(reason));
  }
  out["reasons"] = std::move(reasons);
}

/// What an id of ours is; the same word may be several things.
void put_id(json::object& out, const std::string& id) {
  if (const auto phase = handshake::phase_by_name(id)) {
    put_phase(out, handshake::row(*phase));
  } else if (const auto reason = handshake::reason_by_name(id)) {
    out["reasons"] = json::array{reason_json(handshake::row(*reason))};
  }
  if (const auto* const finding = report::find_finding(id)) {
    out["findings"] =
        json::array{json::object{{"id", finding->id}, {"meaning", finding->meaning}, {"fix", finding->fix}}};
  }
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    const auto problem = static_cast<handshake::CertificateProblem>(i);
    if (handshake::name(problem) != id) continue;
    out["certificate_problems"] = json::array{
        json::object{{"id", id}, {"meaning", report::meaning(problem)}, {"fix", report::fix(problem)}}};
  }
  if (const auto* const cause = diagnosis::find_cause(id)) out["causes"] = causes_json({cause});
}

}  // namespace

std::variant<json::object, Fault> explain_json(const std::string& query) {
  const auto subject = subject_of(query);
  if (!subject) {
    return Fault{400,
                 "q: must be one code or id, or a code and its extended code",
                 {"0x904", "0x904 0x7", "2308 7", "a cause", "a phase", "a reason", "a finding",
                  "a certificate problem"}};
  }
  report::TextStyle style;
  style.width = kTextWidth;
  const auto explanation = report::explain(subject->first, subject->extended, style);
  if (!explanation.known) return Fault{404, explanation.text.substr(0, explanation.text.size() - 1), {}};
  json::object out;
  out["schema"] = "rdpwatch.explain/1";
  out["query"] = query;
  const auto code = diagnosis::parse_code(subject->first);
  if (code) {
    put_codes(out, *code, subject->extended ? diagnosis::parse_code(*subject->extended) : std::nullopt);
  } else {
    put_id(out, subject->first);
  }
  out["text"] = explanation.text;
  return out;
}

}  // namespace rdpwatch::api
