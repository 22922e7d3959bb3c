#include "daemon/pages/target_sections.hpp"

#include <string>
#include <utility>

#include "daemon/fleet/findings.hpp"
#include "daemon/pages/charts.hpp"
#include "daemon/pages/fact_list.hpp"
#include "daemon/pages/page.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/report/json_parts.hpp"
#include "daemon/report/result_json.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "daemon/report/words.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using handshake::Acceptance;

std::string joined(const auto& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

/// Of a list of texts in the JSON of a result.
std::string joined_texts(const json::value& list) {
  std::string out;
  for (const auto& text : list.as_array())
    out.append(out.empty() ? "" : ", ").append(std::string_view(text.as_string()));
  return out;
}

json::array problem_rows(const handshake::CertificateFacts& facts, fleet::WallTime now) {
  json::array out;
  for (const auto problem : fleet::problems_of(facts, now)) {
    out.push_back({{"row_name", handshake::name(problem)},
                   {"row_meaning", report::meaning(problem)},
                   {"row_fix", report::fix(problem)}});
  }
  return out;
}

json::array attempt_rows(const handshake::NegotiationFacts& facts) {
  json::array out;
  for (const auto& attempt : facts.attempts) {
    json::object row;
    row["attempt_asked"] = joined(handshake::protocol_names(attempt.requested));
    row["attempt_profile"] = handshake::name(attempt.profile);
    row["attempt_end"] =
        std::string(handshake::name(attempt.reason)) + " in " + std::string(handshake::name(attempt.phase));
    report::put_text(row, "attempt_detail", attempt.detail);
    out.emplace_back(std::move(row));
  }
  return out;
}

void add_session(FactList& facts, const handshake::ProbeResult& result) {
  if (result.mcs) {
    const json::object mcs = report::mcs_json(*result.mcs);
    facts.add("RDP version", mcs.at("version").as_string());
    facts.add("Encryption of RDP itself", std::string(mcs.at("encryption_method").as_string()) + ", level " +
                                              std::string(mcs.at("encryption_level").as_string()));
    if (result.mcs->rdp_key_bits)
      facts.add("Key of RDP itself", std::to_string(*result.mcs->rdp_key_bits) + " bits");
  }
  if (!result.licensing) return;
  facts.add("Licences", report::in_words(result.licensing->outcome));
  facts.add("Licensed by", result.licensing->company);
  facts.add("Licensed for", joined(result.licensing->scopes));
}

std::string_view accepts_in_words(Acceptance accepts) {
  switch (accepts) {
    case Acceptance::yes:
      return "accepted";
    case Acceptance::no:
      return "refused";
    case Acceptance::unknown:
      return "not known";
  }
  return "";
}

json::object answer_row(std::string_view what, Acceptance accepts, const std::string& detail) {
  json::object row{{"answer_name", what}, {"answer_accepts", accepts_in_words(accepts)}};
  report::put_text(row, "answer_detail", detail);
  return row;
}

}  // namespace

json::object certificate_section(const fleet::TargetState& state, fleet::WallTime now) {
  if (!state.certificate) return {};
  const auto& seen = *state.certificate;
  json::object out = life_bar(seen, now);
  const double days = report::days_to_expiry(now, seen);
  FactList facts;
  facts.add("Left", report::days_left_in_words(report::round_to_tenth(days)));
  facts.add("Valid from", report::date_and_time(seen.not_before));
  facts.add("Valid to", report::date_and_time(seen.not_after));
  if (state.certificate_last_seen())
    facts.add("Last seen", report::date_and_time(*state.certificate_last_seen()));
  facts.add("Key", seen.key_type + " " + std::to_string(seen.key_bits) + " bits");
  facts.add("Signed with", seen.signature_algorithm);
  facts.add("Changes seen", std::to_string(state.certificate_changes));
  facts.add("Subject", seen.subject, true);
  facts.add("Issuer", seen.self_signed ? seen.issuer + " (self-signed)" : seen.issuer, true);
  facts.add("Names", seen.sans.empty() ? "none but the subject's" : joined(seen.sans), true);
  facts.add("Serial number", seen.serial, true);
  facts.add("SHA-256", seen.sha256, true);
  if (state.unexpected_change) {
    facts.add("Unexpected change",
              report::date_and_time(state.unexpected_change->when) + ": " + state.unexpected_change->why,
              true);
  }
  out["facts"] = facts.take();
  out["life_class"] = life_class(days);
  json::array problems = problem_rows(seen, now);
  out["has_problems"] = !problems.empty();
  out["problem_rows"] = std::move(problems);
  return out;
}

json::object identity_section(const fleet::TargetState& state) {
  FactList facts;
  json::object out;
  if (state.host) {
    const auto& host = *state.host;
    facts.add("Computer", host.dns_computer);
    facts.add("Short name", host.netbios_computer);
    facts.add("Domain", host.dns_domain);
    facts.add("Short name of the domain", host.netbios_domain);
    facts.add("Forest", host.dns_forest == host.dns_domain ? std::string() : host.dns_forest);
    facts.add("System", report::system_in_words(host));
    if (host.name_mismatch.value_or(false))
      out["identity_problem"] = "It does not call itself " + state.target->host + ".";
  }
  if (state.clock.skew) facts.add("Clock", report::clock_skew_in_words(*state.clock.skew));
  if (facts.empty()) return {};
  out["facts"] = facts.take();
  return out;
}

json::object security_section(const handshake::ProbeResult& result) {
  const json::object all = report::to_json(result);
  FactList facts;
  json::object out;
  if (result.negotiation) {
    const auto& negotiation = *result.negotiation;
    facts.add("Asked for", joined(handshake::protocol_names(negotiation.requested)));
    if (negotiation.selected) {
      facts.add("The host chose", report::protocol_in_words(*negotiation.selected));
      facts.add("Its flags", joined_texts(all.at("negotiation").at("flags")));
    }
    json::array attempts = attempt_rows(negotiation);
    out["has_attempts"] = !attempts.empty();
    out["attempt_rows"] = std::move(attempts);
  }
  if (result.tls) {
    facts.add("TLS version", handshake::name(result.tls->version));
    facts.add("Cipher", result.tls->cipher);
    facts.add("Key exchange", result.tls->group.empty() ? "static RSA" : result.tls->group);
    facts.add("TLS settings", result.tls->profile == handshake::TlsProfile::legacy
                                  ? "legacy: today's were not accepted"
                                  : "today's");
  }
  if (result.nla) {
    facts.add("NLA", report::in_words(result.nla->outcome));
    if (result.nla->version) facts.add("CredSSP version", std::to_string(*result.nla->version));
    const auto& nla = all.at("nla").as_object();
    if (const auto* const status = nla.if_contains("status")) facts.add("NLA status", status->as_string());
    if (const auto* const code = nla.if_contains("error_code")) facts.add("NLA code", code->as_string());
  }
  add_session(facts, result);
  if (result.transport && result.transport->rtt.count() > 0) {
    facts.add("Round trip", handshake::to_text(result.transport->rtt));
    facts.add("Retransmits", std::to_string(result.transport->retransmits));
  }
  json::array absent;
  for (const auto& row : result.not_applicable)
    absent.push_back({{"row_name", handshake::name(row.phase)}, {"row_meaning", row.why}});
  if (facts.empty() && absent.empty() && !out.contains("attempt_rows")) return {};
  out["facts"] = facts.take();
  out["has_absent"] = !absent.empty();
  out["absent_rows"] = std::move(absent);
  return out;
}

json::array finding_rows(const fleet::TargetState& state, fleet::WallTime now) {
  json::array out;
  fleet::for_each_finding(state, now, [&out](std::string_view id) {
    json::object row{{"row_name", id}};
    if (const auto* const words = report::find_finding(id)) {
      row["row_meaning"] = words->meaning;
      row["row_fix"] = words->fix;
    }
    out.emplace_back(std::move(row));
  });
  return out;
}

json::object audit_section(const handshake::AuditResult& audit, fleet::WallTime now) {
  FactList facts;
  facts.add("Audited",
            report::date_and_time(audit.started) + ", " + for_how_long(audit.started, now) + " ago");
  facts.add("NLA", !audit.nla_required ? "not known" : *audit.nla_required ? "required" : "not required");
  facts.add("Connections", std::to_string(audit.connections));
  if (audit.rdp_security) {
    const json::object rdp = report::mcs_json(*audit.rdp_security);
    facts.add("Standard RDP security", std::string(rdp.at("encryption_method").as_string()) + ", level " +
                                           std::string(rdp.at("encryption_level").as_string()));
  }
  json::array rows;
  for (const auto& answer : audit.protocols)
    rows.emplace_back(answer_row(report::protocol_in_words(answer.protocol), answer.accepts, answer.detail));
  for (const auto& answer : audit.tls)
    rows.emplace_back(answer_row(handshake::name(answer.version), answer.accepts, answer.detail));
  json::object out;
  out["facts"] = facts.take();
  out["answer_rows"] = std::move(rows);
  return out;
}

json::object counter_section(const fleet::TargetState& state) {
  FactList facts;
  facts.add("Runs", std::to_string(state.probes_total));
  facts.add("Failed runs", std::to_string(state.probe_failures_total));
  facts.add("Attempts", std::to_string(state.attempts_total));
  facts.add("Failed attempts", std::to_string(state.attempt_failures_total));
  facts.add("Failures in a row", std::to_string(state.consecutive_failures));
  facts.add("Changes among the last ten runs", std::to_string(state.verdicts.changes()));
  json::object out;
  out["facts"] = facts.take();
  return out;
}

}  // namespace rdpwatch::pages
