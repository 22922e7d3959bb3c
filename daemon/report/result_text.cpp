#include "daemon/report/result_text.hpp"

#include <algorithm>

#include "daemon/report/failure_section.hpp"
#include "daemon/report/host_sections.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/text_sections.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/waterfall.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"

namespace rdpwatch::report {
namespace {

using handshake::ProbeResult;
using handshake::Verdict;

std::string joined(const auto& strings) {
  std::string out;
  for (const auto& text : strings) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

std::string verdict_words(const ProbeResult& result) {
  const std::string duration = handshake::to_text(result.duration);
  if (result.verdict == Verdict::abandoned) return "cut off: " + result.abandoned_why;
  if (!result.failure) return "handshake in " + duration;
  const std::string where(handshake::name(result.failure->phase));
  const std::string what(handshake::name(result.failure->reason));
  if (result.verdict == Verdict::local_fault) return "this machine's fault: " + what + " in " + where;
  return what + " in " + where + " after " + duration;
}

std::string verdict_lines(const TextStyle& style, const ProbeResult& result, State state) {
  const auto host = [&](std::string_view text) { return clean(text, style.utf8); };
  std::string out = paint(style, colour_of(state), name(state)) + "  " +
                    paint(style, Colour::bold, host(result.target)) + "  " + host(verdict_words(result)) +
                    "\n";
  std::string facts;
  if (!result.address.empty()) facts += "address " + host(result.address);
  if (result.addresses.size() > 1) facts += " (of " + std::to_string(result.addresses.size()) + ")";
  if (!facts.empty()) facts += ", ";
  if (!result.group.empty()) facts += "group " + host(result.group) + ", ";
  facts += "module " + host(result.module) + ", " + date_and_time(result.started);
  return out + labelled(style, "", 0, facts);
}

std::string negotiation_section(const TextStyle& style, const handshake::NegotiationFacts& facts) {
  std::string out = heading(style, "Negotiation");
  // Not numbered: when both TLS profiles fail, the first connection decides and the second one stands here.
  for (const auto& attempt : facts.attempts) {
    std::string text = "asked for " + joined(handshake::protocol_names(attempt.requested));
    if (attempt.phase == handshake::Phase::tls)
      text += ", " + std::string(handshake::name(attempt.profile)) + " TLS";
    text.append(": ")
        .append(handshake::name(attempt.reason))
        .append(" in ")
        .append(handshake::name(attempt.phase));
    if (!attempt.detail.empty()) text += " (" + clean(attempt.detail, style.utf8) + ")";
    out += labelled(style, "also tried", kLabelWidth, text);
  }
  out += labelled(style, "asked for", kLabelWidth, joined(handshake::protocol_names(facts.requested)));
  if (facts.selected) out += labelled(style, "selected", kLabelWidth, protocol_in_words(*facts.selected));
  return out;
}

std::string tls_section(const TextStyle& style, const handshake::TlsFacts& facts) {
  std::string text = std::string(handshake::name(facts.version)) + ", " + clean(facts.cipher, style.utf8);
  if (!facts.group.empty()) text += ", " + clean(facts.group, style.utf8);
  text += ", " + std::string(handshake::name(facts.profile)) + " profile";
  return heading(style, "TLS") + labelled(style, "agreed on", kLabelWidth, text);
}

// Nothing at all where nothing was observed.
std::string section(const TextStyle& style, std::string_view title, const std::string& lines) {
  return lines.empty() ? "" : heading(style, title) + lines;
}

std::string not_applicable_section(const TextStyle& style, const ProbeResult& result) {
  std::string out = heading(style, "Not applicable");
  for (const auto& row : result.not_applicable) {
    out += labelled(style, handshake::name(row.phase), kLabelWidth, clean(row.why, style.utf8));
  }
  return out;
}

std::string causes_section(const TextStyle& style, const std::vector<diagnosis::RankedCause>& causes) {
  constexpr std::size_t kShown = 3;
  if (causes.empty()) return "";
  std::string out = heading(style, "Likely causes");
  for (std::size_t i = 0; i < std::min(causes.size(), kShown); ++i) {
    const auto* const cause = diagnosis::find_cause(causes[i].id);
    out += labelled(style, name(causes[i].likelihood), kLabelWidth,
                    cause == nullptr ? causes[i].id : std::string_view(cause->title));
  }
  return out;
}

}  // namespace

std::string to_text(const ProbeResult& result, const Thresholds& thresholds, const TextStyle& style,
                    const std::vector<diagnosis::RankedCause>& causes) {
  std::string out = verdict_lines(style, result, judge(result, thresholds));
  if (result.failure) out += heading(style, "Why") + failure_section(style, *result.failure);
  out += causes_section(style, causes);
  if (!result.phases.empty()) out += heading(style, "Phases") + waterfall(style, result);
  if (result.negotiation) out += negotiation_section(style, *result.negotiation);
  if (result.tls) out += tls_section(style, *result.tls);
  if (result.certificate)
    out += heading(style, "Certificate") +
           certificate_lines(style, *result.certificate, result.started, thresholds);
  out += section(style, "NLA", nla_lines(style, result));
  out += section(style, "Host", host_lines(style, result));
  out += section(style, "Session", session_lines(style, result));
  if (!result.not_applicable.empty()) out += not_applicable_section(style, result);
  out += section(style, "Findings", finding_lines(style, result.findings));
  if (result.failure) out += heading(style, "Next") + next_section(style, result.target, *result.failure);
  return out;
}

}  // namespace rdpwatch::report
