// Audits for people.

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "daemon/report/audit_report.hpp"
#include "daemon/report/failure_section.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/text_sections.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::report {
namespace {

using handshake::Acceptance;
using handshake::AuditResult;
using handshake::Verdict;

constexpr std::size_t kStateWidth = 9;
constexpr std::array kStates{State::failed, State::critical, State::unknown, State::warning, State::ok};

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

std::string count_text(std::size_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

bool all_unknown(const auto& answers) {
  return std::ranges::all_of(answers,
                             [](const auto& answer) { return answer.accepts == Acceptance::unknown; });
}

std::string answer_line(const TextStyle& style, std::string_view label, const auto& answer) {
  std::string text(word(answer.accepts));
  if (!answer.detail.empty()) text += ": " + answer.detail;
  return labelled(style, label, kLabelWidth, clean(text, style.utf8));
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

std::string verdict_words(const AuditResult& audit) {
  if (audit.verdict == Verdict::abandoned) return "cut off: " + audit.abandoned_why;
  const auto connections = count_text(static_cast<std::size_t>(std::max(audit.connections, 0)), "connection");
  if (!audit.failure) return "audited with " + connections + " in " + handshake::to_text(audit.duration);
  const std::string what = std::string(handshake::name(audit.failure->reason)) + " in " +
                           std::string(handshake::name(audit.failure->phase));
  if (audit.verdict == Verdict::local_fault) return "this machine's fault: " + what;
  return what + ", after " + connections;
}

std::string verdict_lines(const TextStyle& style, const AuditResult& audit, State state) {
  std::string facts = audit.address.empty() ? "" : "address " + audit.address + ", ";
  if (!audit.group.empty()) facts += "group " + audit.group + ", ";
  facts += "module " + audit.module + ", " + date_and_time(audit.started);
  return paint(style, colour_of(state), name(state)) + "  " +
         paint(style, Colour::bold, clean(audit.target, style.utf8)) + "  " +
         clean(verdict_words(audit), style.utf8) + "\n" + labelled(style, "", 0, clean(facts, style.utf8));
}

std::string protocols_section(const TextStyle& style, const AuditResult& audit) {
  if (all_unknown(audit.protocols)) return "";
  std::string out = heading(style, "Security protocols");
  for (const auto& answer : audit.protocols)
    out += answer_line(style, handshake::protocol_name(answer.protocol), answer);
  return out + labelled(style, "NLA", kLabelWidth, nla_in_words(audit));
}

bool has_tls(const AuditResult& audit) {
  return is_accepted(audit, wire::protocol::kSsl) || is_accepted(audit, wire::protocol::kHybrid) ||
         is_accepted(audit, wire::protocol::kHybridEx);
}

std::string versions_section(const TextStyle& style, const AuditResult& audit) {
  if (all_unknown(audit.protocols) || audit.tls.empty()) return "";
  std::string out = heading(style, "TLS versions");
  const std::string& detail = audit.tls.front().detail;
  if (!has_tls(audit) && all_unknown(audit.tls))
    return out + labelled(style, "none", kLabelWidth, clean(detail, style.utf8));
  for (const auto& answer : audit.tls) out += answer_line(style, handshake::name(answer.version), answer);
  return out;
}

std::string rdp_section(const TextStyle& style, const handshake::McsFacts& rdp) {
  std::string out = heading(style, "Standard RDP security");
  out += labelled(style, "protocol", kLabelWidth, "RDP " + wire::describe_rdp_version(rdp.version));
  out += labelled(style, "encryption", kLabelWidth,
                  wire::describe_encryption_method(rdp.encryption_method) + ", level " +
                      wire::describe_encryption_level(rdp.encryption_level));
  if (!rdp.rdp_key_bits) return out;
  return out + labelled(style, "key", kLabelWidth, "RSA " + std::to_string(*rdp.rdp_key_bits) + " bits");
}

// "rdp ssl hybrid hybrid_ex", "TLSv1.2 TLSv1.3": what is accepted, in one line.
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

// Why the certificate is worth a warning; nothing when it is not.
std::string certificate_words(const AuditResult& audit, const Thresholds& thresholds) {
  if (!audit.certificate) return "";
  const auto& certificate = *audit.certificate;
  const State state = judge(certificate, audit.started, thresholds);
  if (state == State::ok) return "";
  std::string out = days_left_in_words(days_to_expiry(audit.started, certificate));
  if (state == State::critical) out += " (critical)";
  for (const auto problem : certificate.problems) {
    if (problem == handshake::CertificateProblem::self_signed) continue;
    out.append(", ").append(handshake::name(problem));
  }
  return out;
}

// One of several hosts.
std::string host_lines(const TextStyle& style, const AuditResult& audit, const Thresholds& thresholds) {
  const State state = judge(audit, thresholds);
  const auto line = [&](std::string_view label, std::string_view text) {
    return text.empty() ? "" : labelled(style, label, kLabelWidth, clean(text, style.utf8));
  };
  std::string out = paint(style, colour_of(state), pad_right(name(state), kStateWidth)) +
                    paint(style, Colour::bold, clean(audit.target, style.utf8)) + "\n";
  if (audit.verdict == Verdict::success) {
    out += line("NLA", nla_in_words(audit));
    out += line("accepts", accepted_words(audit));
    out += line("not known", joined(open_questions(audit)));
  } else if (audit.verdict == Verdict::failure && audit.failure) {
    out += line("why", handshake::describe(*audit.failure));
  } else {
    out += line("why", verdict_words(audit));
  }
  out += line("certificate", certificate_words(audit, thresholds));
  return out + line("findings", joined(audit.findings));
}

// The most common first.
std::string fleet_findings(const TextStyle& style, const std::vector<AuditResult>& audits) {
  std::map<std::string, std::size_t> hosts;
  for (const AuditResult& audit : audits) {
    for (const auto& id : audit.findings) ++hosts[id];
  }
  if (hosts.empty()) return "";
  std::vector<std::pair<std::string, std::size_t>> rows(hosts.begin(), hosts.end());
  std::ranges::stable_sort(rows, std::ranges::greater(), [](const auto& row) { return row.second; });
  std::string out = heading(style, "What the findings mean");
  for (const auto& [id, count] : rows)
    out += finding_line(style, id, id + " (" + count_text(count, "host") + ")");
  return out;
}

std::string totals(const TextStyle& style, const std::vector<AuditResult>& audits,
                   const Thresholds& thresholds) {
  std::string states;
  for (const State state : kStates) {
    const auto count = std::ranges::count_if(
        audits, [&](const AuditResult& audit) { return judge(audit, thresholds) == state; });
    states.append(states.empty() ? "" : ", ").append(name(state)).append(" ");
    states.append(std::to_string(count));
  }
  return heading(style, "Totals") + labelled(style, "states", kLabelWidth, states) +
         labelled(style, "hosts", kLabelWidth, std::to_string(audits.size()));
}

}  // namespace

std::string to_text(const AuditResult& audit, const Thresholds& thresholds, const TextStyle& style) {
  std::string out = verdict_lines(style, audit, judge(audit, thresholds));
  if (audit.failure) out += heading(style, "Why") + failure_section(style, *audit.failure);
  out += protocols_section(style, audit) + versions_section(style, audit);
  if (audit.rdp_security) out += rdp_section(style, *audit.rdp_security);
  if (audit.certificate)
    out += heading(style, "Certificate") +
           certificate_lines(style, *audit.certificate, audit.started, thresholds);
  if (!audit.findings.empty()) out += heading(style, "Findings") + finding_lines(style, audit.findings);
  if (audit.failure) out += heading(style, "Next") + next_section(style, audit.target, *audit.failure);
  return out;
}

std::string to_text(const std::vector<AuditResult>& audits, const Thresholds& thresholds,
                    const TextStyle& style) {
  std::string out;
  for (const AuditResult& audit : audits) out += host_lines(style, audit, thresholds);
  return out + fleet_findings(style, audits) + totals(style, audits, thresholds);
}

}  // namespace rdpwatch::report
