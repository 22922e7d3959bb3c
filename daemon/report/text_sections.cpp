#include "daemon/report/text_sections.hpp"

#include <algorithm>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/words.hpp"

namespace rdpwatch::report {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

}  // namespace

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

std::string heading(const TextStyle& style, std::string_view title) {
  return "\n" + paint(style, Colour::bold, title) + "\n";
}

std::string certificate_lines(const TextStyle& style, const handshake::CertificateFacts& facts, WallTime at,
                              const Thresholds& thresholds) {
  const double days = days_to_expiry(at, facts);
  const bool critical = days <= std::max(0.0, thresholds.critical_days);
  std::string validity = date(facts.not_before) + " to " + date(facts.not_after) + ", ";
  validity += days_left_in_words(days);
  if (critical || days <= thresholds.warning_days) validity += critical ? " (critical)" : " (warning)";

  const auto line = [&](std::string_view label, std::string_view text) {
    return text.empty() ? "" : labelled(style, label, kLabelWidth, clean(text, style.utf8));
  };
  std::string out =
      line("subject", facts.subject) + line("issuer", facts.issuer) + line("names", joined(facts.sans));
  out += line("valid", validity);
  out += line("key", facts.key_type + " " + std::to_string(facts.key_bits) + " bits, signed with " +
                         facts.signature_algorithm);
  out += line("sha256", facts.sha256);
  for (const auto problem : facts.problems) {
    // By itself nothing to act on, and so no cause of a warning.
    const bool is_note = problem == handshake::CertificateProblem::self_signed;
    out += line(is_note ? "note" : "problem",
                std::string(handshake::name(problem)) + ": " + std::string(meaning(problem)));
  }
  return out;
}

std::string finding_line(const TextStyle& style, std::string_view id, std::string_view label) {
  const FindingWords* const row = find_finding(id);
  const std::string text =
      row == nullptr ? "" : ": " + std::string(row->meaning) + "; " + std::string(row->fix);
  return labelled(style, "", 0, clean(label, style.utf8) + text);
}

std::string finding_lines(const TextStyle& style, const std::vector<std::string>& ids) {
  std::string out;
  for (const auto& id : ids) out += finding_line(style, id, id);
  return out;
}

}  // namespace rdpwatch::report
