// Audits for programs: state, JSON and CSV.

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <tuple>

#include "daemon/report/audit_report.hpp"
#include "daemon/report/csv_row.hpp"
#include "daemon/report/json_parts.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;
using handshake::Acceptance;
using handshake::AuditResult;
using handshake::Verdict;

constexpr std::string_view kHeader =
    "target,group,module,address,state,failure,nla_required,rdp,ssl,hybrid,hybrid_ex,rdstls,tls10,tls11,"
    "tls12,"
    "tls13,encryption_method,encryption_level,rdp_key_bits,certificate_subject,certificate_not_after,"
    "certificate_days_to_expiry,certificate_problems,findings,connections,started\r\n";

// As in the header: an audit that was cut off before it began has no list of answers.
constexpr std::array kProtocolColumns{wire::protocol::kRdp, wire::protocol::kSsl, wire::protocol::kHybrid,
                                      wire::protocol::kHybridEx, wire::protocol::kRdstls};
constexpr std::array kVersionColumns{handshake::TlsVersion::tls10, handshake::TlsVersion::tls11,
                                     handshake::TlsVersion::tls12, handshake::TlsVersion::tls13};

void put_acceptance(json::object& row, Acceptance accepts, const std::string& detail) {
  if (accepts != Acceptance::unknown) row["accepts"] = accepts == Acceptance::yes;
  put_text(row, "detail", detail);
}

std::string_view csv_word(Acceptance accepts) {
  switch (accepts) {
    case Acceptance::yes:
      return "yes";
    case Acceptance::no:
      return "no";
    case Acceptance::unknown:
      return "";
  }
  return "";
}

void put_rdp_security(CsvRow& row, const AuditResult& audit) {
  if (!audit.rdp_security) return row.empty(3);
  const auto& rdp = *audit.rdp_security;
  row.text(wire::describe_encryption_method(rdp.encryption_method));
  row.text(wire::describe_encryption_level(rdp.encryption_level));
  row.text(rdp.rdp_key_bits ? std::to_string(*rdp.rdp_key_bits) : "");
}

void put_certificate(CsvRow& row, const AuditResult& audit) {
  if (!audit.certificate) return row.empty(4);
  const auto& certificate = *audit.certificate;
  row.text(certificate.subject);
  row.text(rfc3339_seconds(certificate.not_after));
  row.number(round_to_tenth(days_to_expiry(audit.started, certificate)));
  std::string problems;
  for (const auto problem : certificate.problems)
    problems.append(problems.empty() ? "" : " ").append(handshake::name(problem));
  row.text(problems);
}

}  // namespace

State judge(const AuditResult& audit, const Thresholds& thresholds) {
  switch (audit.verdict) {
    case Verdict::local_fault:
    case Verdict::abandoned:
      return State::unknown;
    case Verdict::failure:
      return State::failed;
    case Verdict::success:
      break;
  }
  State state = State::ok;
  if (audit.certificate) state = judge(*audit.certificate, audit.started, thresholds);
  const bool wanting = !audit.findings.empty() || !open_questions(audit).empty();
  return state == State::ok && wanting ? State::warning : state;
}

std::vector<std::string> open_questions(const AuditResult& audit) {
  std::vector<std::string> open;
  for (const auto& answer : audit.protocols) {
    if (answer.accepts == Acceptance::unknown) open.emplace_back(handshake::protocol_name(answer.protocol));
  }
  const bool any_tls =
      std::ranges::any_of(audit.tls, [](const auto& answer) { return answer.accepts == Acceptance::yes; });
  if (!any_tls) return open;
  for (const auto& answer : audit.tls) {
    if (answer.accepts == Acceptance::unknown) open.emplace_back(handshake::name(answer.version));
  }
  return open;
}

int exit_code(const std::vector<AuditResult>& audits, const Thresholds& thresholds) {
  constexpr std::array kWorstFirst{State::failed, State::critical, State::unknown, State::warning};
  for (const State state : kWorstFirst) {
    const auto has = [&](const AuditResult& audit) { return judge(audit, thresholds) == state; };
    if (std::ranges::any_of(audits, has)) return exit_code(state);
  }
  return exit_code(State::ok);
}

void sort_worst_first(std::vector<AuditResult>& audits, const Thresholds& thresholds) {
  constexpr std::array kOrder{State::failed, State::critical, State::unknown, State::warning, State::ok};
  const auto rank = [&](const AuditResult& audit) {
    return std::ranges::find(kOrder, judge(audit, thresholds)) - kOrder.begin();
  };
  std::ranges::stable_sort(audits, [&](const AuditResult& a, const AuditResult& b) {
    return std::tuple(rank(a), a.target) < std::tuple(rank(b), b.target);
  });
}

json::object to_json(const AuditResult& audit) {
  json::object out;
  out["schema"] = "rdpwatch.audit/1";
  out["target"] = audit.target;
  put_text(out, "address", audit.address);
  put_text(out, "group", audit.group);
  out["module"] = audit.module;
  out["started"] = rfc3339_milliseconds(audit.started);
  out["duration_seconds"] = seconds(audit.duration);
  out["connections"] = audit.connections;
  out["success"] = audit.verdict == Verdict::success;
  if (audit.verdict == Verdict::abandoned) put_text(out, "abandoned", audit.abandoned_why);
  if (audit.failure) put_failure(out, *audit.failure);
  json::array protocols;
  for (const auto& answer : audit.protocols) {
    json::object row;
    row["protocol"] = handshake::protocol_name(answer.protocol);
    put_acceptance(row, answer.accepts, answer.detail);
    protocols.emplace_back(std::move(row));
  }
  out["protocols"] = std::move(protocols);
  json::array versions;
  for (const auto& answer : audit.tls) {
    json::object row;
    row["version"] = handshake::name(answer.version);
    put_acceptance(row, answer.accepts, answer.detail);
    versions.emplace_back(std::move(row));
  }
  out["tls"] = std::move(versions);
  if (audit.nla_required) out["nla_required"] = *audit.nla_required;
  if (audit.rdp_security) out["rdp_security"] = mcs_json(*audit.rdp_security);
  if (audit.certificate) out["certificate"] = certificate_json(*audit.certificate, audit.started);
  out["findings"] = string_array(audit.findings);
  return out;
}

std::string to_csv(const std::vector<AuditResult>& audits, const Thresholds& thresholds) {
  std::string out(kHeader);
  for (const AuditResult& audit : audits) {
    CsvRow row;
    row.text(audit.target);
    row.text(audit.group);
    row.text(audit.module);
    row.text(audit.address);
    row.text(label(judge(audit, thresholds)));
    row.text(audit.failure ? handshake::describe(*audit.failure) : audit.abandoned_why);
    row.text(audit.nla_required ? (*audit.nla_required ? "yes" : "no") : "");
    for (const std::uint32_t protocol : kProtocolColumns) row.text(csv_word(accepts(audit, protocol)));
    for (const auto version : kVersionColumns) row.text(csv_word(accepts(audit, version)));
    put_rdp_security(row, audit);
    put_certificate(row, audit);
    std::string findings;
    for (const auto& finding : audit.findings) findings.append(findings.empty() ? "" : " ").append(finding);
    row.text(findings);
    row.number(audit.connections);
    row.text(rfc3339_milliseconds(audit.started));
    out += row.take();
  }
  return out;
}

}  // namespace rdpwatch::report
