// Audits for people.

#include <algorithm>
#include <set>

#include "daemon/report/audit_report.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/words.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::report {
namespace {

using handshake::Acceptance;
using handshake::AuditResult;

constexpr std::size_t kLabel = 12;

std::string heading(const TextStyle& style, std::string_view title) {
  return "\n" + paint(style, Colour::bold, title) + "\n";
}

std::string_view word(Acceptance accepts) {
  switch (accepts) {
    case Acceptance::yes:
      return "yes";
    case Acceptance::no:
      return "no";
    case Acceptance::unknown:
      return "not known";
  }
  return "";
}

std::string answer_line(const TextStyle& style, std::string_view label, Acceptance accepts,
                        const std::string& detail) {
  std::string text(word(accepts));
  if (!detail.empty()) text += ": " + clean(detail, style.utf8);
  return labelled(style, label, kLabel, text);
}

bool is_accepted(const AuditResult& audit, std::uint32_t protocol) {
  return handshake::accepts(audit, protocol) == Acceptance::yes;
}

std::string nla_in_words(const AuditResult& audit) {
  if (audit.nla_required == true) return "required";
  const bool offered =
      is_accepted(audit, wire::protocol::kHybrid) || is_accepted(audit, wire::protocol::kHybridEx);
  if (audit.nla_required == false) return offered ? "offered, not required" : "not offered";
  return "not known";
}

std::string summary(const AuditResult& audit) {
  const std::string connections =
      std::to_string(audit.connections) + (audit.connections == 1 ? " connection" : " connections");
  if (!audit.abandoned_why.empty()) return "cut off: " + audit.abandoned_why;
  if (!audit.failure) return "audited with " + connections + " in " + handshake::to_text(audit.duration);
  return std::string(handshake::name(audit.failure->reason)) + " in " +
         std::string(handshake::name(audit.failure->phase)) + ": " + audit.failure->detail;
}

Colour colour_of(State state) {
  switch (state) {
    case State::ok:
      return Colour::green;
    case State::warning:
    case State::unknown:
      return Colour::yellow;
    case State::critical:
    case State::failed:
      return Colour::red;
  }
  return Colour::bold;
}

std::string finding_lines(const TextStyle& style, const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids) {
    const FindingWords* const row = find_finding(id);
    const std::string text =
        row == nullptr ? "" : ": " + std::string(row->meaning) + "; " + std::string(row->fix);
    out += labelled(style, "", 0, clean(id, style.utf8) + text);
  }
  return out;
}

std::string certificate_lines(const TextStyle& style, const AuditResult& audit) {
  const auto& facts = *audit.certificate;
  std::string out = labelled(style, "subject", kLabel, clean(facts.subject, style.utf8));
  out += labelled(
      style, "valid", kLabel,
      "until " + date(facts.not_after) + ", " + days_left_in_words(days_to_expiry(audit.started, facts)));
  out += labelled(style, "key", kLabel,
                  clean(facts.key_type + " " + std::to_string(facts.key_bits) + " bits, signed with " +
                            facts.signature_algorithm,
                        style.utf8));
  for (const auto problem : facts.problems) {
    const bool is_note = problem == handshake::CertificateProblem::self_signed;
    out += labelled(style, is_note ? "note" : "problem", kLabel,
                    std::string(handshake::name(problem)) + ": " + std::string(meaning(problem)));
  }
  return out;
}

// "rdp ssl hybrid hybrid_ex", "TLSv1.2 TLSv1.3": what is accepted, in one cell of the table.
std::string accepted_words(const AuditResult& audit) {
  std::string out;
  for (const auto& answer : audit.protocols) {
    if (answer.accepts != Acceptance::yes) continue;
    out.append(out.empty() ? "" : " ").append(handshake::protocol_name(answer.protocol));
  }
  for (const auto& answer : audit.tls) {
    if (answer.accepts == Acceptance::yes)
      out.append(out.empty() ? "" : " ").append(handshake::name(answer.version));
  }
  return out.empty() ? "nothing" : out;
}

}  // namespace

std::string to_text(const AuditResult& audit, const Thresholds& thresholds, const TextStyle& style) {
  const State state = judge(audit, thresholds);
  std::string out = paint(style, colour_of(state), name(state)) + "  " +
                    paint(style, Colour::bold, clean(audit.target, style.utf8)) + "  " +
                    clean(summary(audit), style.utf8) + "\n";
  std::string facts = audit.address.empty() ? "" : "address " + audit.address + ", ";
  if (!audit.group.empty()) facts += "group " + audit.group + ", ";
  out += labelled(style, "", 0, clean(facts + "module " + audit.module, style.utf8));
  out += heading(style, "Security protocols");
  for (const auto& answer : audit.protocols) {
    out += answer_line(style, handshake::protocol_name(answer.protocol), answer.accepts, answer.detail);
  }
  out += labelled(style, "NLA", kLabel, nla_in_words(audit));
  out += heading(style, "TLS versions");
  for (const auto& answer : audit.tls)
    out += answer_line(style, handshake::name(answer.version), answer.accepts, answer.detail);
  if (audit.rdp_security) {
    const auto& rdp = *audit.rdp_security;
    out += heading(style, "Standard RDP security");
    out += labelled(style, "protocol", kLabel, "RDP " + wire::describe_rdp_version(rdp.version));
    out += labelled(style, "encryption", kLabel,
                    wire::describe_encryption_method(rdp.encryption_method) + ", level " +
                        wire::describe_encryption_level(rdp.encryption_level));
    if (rdp.rdp_key_bits)
      out += labelled(style, "key", kLabel, "RSA " + std::to_string(*rdp.rdp_key_bits) + " bits");
  }
  if (audit.certificate) out += heading(style, "Certificate") + certificate_lines(style, audit);
  if (!audit.findings.empty()) out += heading(style, "Findings") + finding_lines(style, audit.findings);
  return out;
}

std::string to_text(const std::vector<AuditResult>& audits, const Thresholds& thresholds,
                    const TextStyle& style) {
  std::string out;
  std::set<std::string> seen;
  for (const AuditResult& audit : audits) {
    const State state = judge(audit, thresholds);
    out += paint(style, colour_of(state), pad_right(name(state), 9)) +
           paint(style, Colour::bold, clean(audit.target, style.utf8)) + "\n";
    std::string text = summary(audit);
    if (audit.verdict == handshake::Verdict::success)
      text = "NLA " + nla_in_words(audit) + "; accepts " + accepted_words(audit);
    out += labelled(style, "", 0, clean(text, style.utf8));
    std::string findings;
    for (const auto& finding : audit.findings) {
      findings.append(findings.empty() ? "" : ", ").append(finding);
      seen.insert(finding);
    }
    if (!findings.empty()) out += labelled(style, "findings", kLabel, clean(findings, style.utf8));
  }
  if (!seen.empty())
    out += heading(style, "What the findings mean") + finding_lines(style, {seen.begin(), seen.end()});
  return out;
}

}  // namespace rdpwatch::report
