#include "daemon/pages/certificates_page.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "daemon/api/answers.hpp"
#include "daemon/api/target_id.hpp"
#include "daemon/fleet/findings.hpp"
#include "daemon/pages/certificate_list.hpp"
#include "daemon/pages/fleet_rows.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/report/csv_row.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "daemon/report/words.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::TargetState;
using handshake::CertificateFacts;
using handshake::CertificateProblem;
using report::put_text;
using report::rfc3339_seconds;

constexpr std::string_view kPath = "certificates";
/// Digits of a fingerprint that are shown of all 64.
constexpr std::size_t kShownDigits = 16;
/// Of the names in a certificate; a wildcard certificate of a farm may have hundreds.
constexpr std::size_t kShownNames = 8;

std::string key_of(const CertificateFacts& facts) {
  return facts.key_bits > 0 ? facts.key_type + " " + std::to_string(facts.key_bits) : facts.key_type;
}

/// What is wrong with it, a sentence each. That it is self-signed is no more than a fact in most fleets and
/// is told beside its issuer.
json::array problems_of(const TargetState& state, fleet::WallTime now) {
  json::array out;
  for (const auto problem : fleet::problems_of(*state.certificate, now)) {
    if (problem != CertificateProblem::self_signed) out.emplace_back(report::meaning(problem));
  }
  if (is_of_kind(state, CertificateKind::renewal_overdue, now))
    out.emplace_back("Windows should have renewed it by now");
  if (state.unexpected_change) {
    out.emplace_back("changed " + for_how_long(state.unexpected_change->when, now) +
                     " ago: " + state.unexpected_change->why);
  }
  return out;
}

void put_life(json::object& out, const CertificateFacts& facts, fleet::WallTime now) {
  const double days = report::days_to_expiry(now, facts);
  const double life = report::days_to_expiry(facts.not_before, facts);
  out["days_text"] = report::days_left_in_words(days);
  out["days_class"] = life_class(days);
  const double most = report::round_to_tenth(std::max(life, 1.0));
  out["life_most"] = most;
  out["life_left"] = report::round_to_tenth(std::clamp(days, 0.0, most));
  out["not_after"] = moment(facts.not_after, now);
  out["not_before_text"] = report::date(facts.not_before);
}

json::object row_of(const CertificateRow& row, fleet::WallTime now) {
  const TargetState& state = *row.state;
  const CertificateFacts& facts = *state.certificate;
  json::object out;
  put_life(out, facts, now);
  out["target"] = display_name(state.key);
  out["link"] = target_link(state.key);
  out["state"] = fleet::name(state.status);
  out["group"] = state.target->group;
  out["group_link"] = group_link(state.target->group);
  put_text(out, "site", state.target->label("site"));
  if (state.status != fleet::TargetStatus::up && state.certificate_last_seen())
    out["last_seen"] = moment(*state.certificate_last_seen(), now);
  out["subject"] = facts.subject.empty() ? "without a subject" : facts.subject;
  if (!facts.self_signed) put_text(out, "issuer", facts.issuer);
  out["self_signed"] = facts.self_signed;
  json::array names;
  for (const auto& name : facts.sans) {
    if (names.size() < kShownNames) names.emplace_back(name);
  }
  if (facts.sans.size() > kShownNames)
    names.emplace_back("and " + std::to_string(facts.sans.size() - kShownNames) + " more");
  out["has_names"] = !names.empty();
  out["names"] = std::move(names);
  out["key"] = key_of(facts);
  put_text(out, "signature", facts.signature_algorithm);
  json::array problems = problems_of(state, now);
  out["has_problems"] = !problems.empty();
  out["problems"] = std::move(problems);
  out["sha256"] = facts.sha256;
  out["sha256_short"] = facts.sha256.substr(0, kShownDigits);
  put_text(out, "serial", facts.serial);
  if (row.on_hosts > 1 && !facts.sha256.empty()) {
    out["on_hosts"] = row.on_hosts;
    out["same_link"] = link_of(kPath, {{"q", facts.sha256}});
  }
  return out;
}

constexpr const char* kCsvHeader =
    "id,target,expanded_address,group,site,state,not_after,days_to_expiry,not_before,subject,issuer,names,"
    "self_signed,serial,sha256,key,signature_algorithm,kinds,problems,changed,change,on_hosts,last_seen\r\n";

template <class Names>
std::string joined(const Names& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : " ").append(name);
  return out;
}

std::vector<std::string_view> kinds_of(const TargetState& state, fleet::WallTime now) {
  std::vector<std::string_view> out;
  for (std::size_t k = 0; k < kCertificateKinds; ++k) {
    const auto kind = static_cast<CertificateKind>(k);
    if (is_of_kind(state, kind, now)) out.push_back(name(kind));
  }
  return out;
}

std::vector<std::string_view> problem_ids(const TargetState& state, fleet::WallTime now) {
  std::vector<std::string_view> out;
  for (const auto problem : fleet::problems_of(*state.certificate, now))
    out.push_back(handshake::name(problem));
  return out;
}

std::string csv_of(const CertificateRow& certificate, fleet::WallTime now) {
  const TargetState& state = *certificate.state;
  const CertificateFacts& facts = *state.certificate;
  report::CsvRow row;
  row.text(api::id_of(state.key));
  row.text(state.key.target);
  row.text(state.key.address);
  row.text(state.target->group);
  row.text(state.target->label("site"));
  row.text(fleet::name(state.status));
  row.text(rfc3339_seconds(facts.not_after));
  row.number(report::round_to_tenth(report::days_to_expiry(now, facts)));
  row.text(rfc3339_seconds(facts.not_before));
  row.text(facts.subject);
  row.text(facts.issuer);
  row.text(joined(facts.sans));
  row.text(facts.self_signed ? "yes" : "no");
  row.text(facts.serial);
  row.text(facts.sha256);
  row.text(key_of(facts));
  row.text(facts.signature_algorithm);
  row.text(joined(kinds_of(state, now)));
  row.text(joined(problem_ids(state, now)));
  row.text(state.unexpected_change ? rfc3339_seconds(state.unexpected_change->when) : "");
  row.text(state.unexpected_change ? state.unexpected_change->why : "");
  row.number(static_cast<double>(certificate.on_hosts));
  row.text(state.certificate_last_seen() ? rfc3339_seconds(*state.certificate_last_seen()) : "");
  return row.take();
}

http::Response as_csv(std::vector<CertificateRow> rows, fleet::WallTime now) {
  const std::size_t count = rows.size();
  const auto append = [rows = std::move(rows), now](std::size_t row, std::string& out) {
    out.append(csv_of(rows[row], now));
  };
  auto response =
      api::rows_answer("text/csv; charset=utf-8; header=present", kCsvHeader, "", "", count, append);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"rdpwatch-certificates.csv\"");
  return response;
}

/// How many there are of each kind, each with the link that shows them within group, site and text.
json::array kind_counts(const CertificateList& list, const Parameters& parameters) {
  const Parameters others = without(without(parameters, "page"), "kind");
  const auto asked = http::values_of(parameters, "kind");
  json::array out;
  for (std::size_t k = 0; k < kCertificateKinds; ++k) {
    const auto kind = static_cast<CertificateKind>(k);
    const std::string id(name(kind));
    const bool current = asked.size() == 1 && asked.front() == id;
    out.push_back({{"kind_id", id},
                   {"kind_words", words(kind)},
                   {"kind_count", list.kinds[k]},
                   {"kind_any", list.kinds[k] > 0},
                   {"kind_current", current},
                   {"kind_link", link_of(kPath, with(others, "kind", id))}});
  }
  return out;
}

json::object form(const std::vector<fleet::StatePtr>& fleet, const Parameters& parameters) {
  json::array kinds;
  for (std::size_t k = 0; k < kCertificateKinds; ++k) {
    const auto kind = static_cast<CertificateKind>(k);
    json::object row = option(name(kind), value_of(parameters, "kind") == name(kind));
    row["option_title"] = words(kind);
    kinds.emplace_back(std::move(row));
  }
  json::object out = place_fields(fleet, parameters);
  out["form_kinds"] = std::move(kinds);
  out["form_q"] = value_of(parameters, "q");
  return out;
}

}  // namespace

std::variant<Page, http::Response> certificates_page(const std::vector<fleet::StatePtr>& fleet,
                                                     const api::RowContext& context, Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  auto parsed = parse_certificate_query(parameters);
  if (const auto* const fault = std::get_if<api::Fault>(&parsed))
    return fault_page(fault->status, fault->what, fault->allowed);
  const auto& query = std::get<CertificateQuery>(parsed);
  CertificateList list = list_certificates(fleet, query, context.now);
  if (query.targets.csv) return as_csv(std::move(list.rows), context.now);
  parameters = without(std::move(parameters), "format");
  Page page;
  page.name = "certificates";
  page.title = "Certificates";
  page.section = "certificates";
  page.refreshes = true;
  json::object& model = page.model;
  json::array rows;
  for (const auto& row : list.rows) rows.emplace_back(row_of(row, context.now));
  model["no_rows"] = rows.empty();
  model["rows"] = std::move(rows);
  model["kinds"] = kind_counts(list, parameters);
  put_chips(model, kPath, "All certificates", parameters);
  model["form"] = form(fleet, parameters);
  model["pager"] = pager(kPath, parameters, list.total, query.targets.page, query.targets.per_page);
  if (list.without > 0) model["without_certificate"] = list.without;
  const Parameters unpaged = without(without(parameters, "page"), "per_page");
  model["csv_link"] = link_of(kPath, with(unpaged, "format", "csv"));
  return page;
}

}  // namespace rdpwatch::pages
