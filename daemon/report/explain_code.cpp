#include "daemon/report/explain_code.hpp"

#include "daemon/report/explain_cause.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "probes/diagnosis/client_error.hpp"

namespace rdpwatch::report {
namespace {

using diagnosis::hex_label;

constexpr std::size_t kLabel = 12;

std::string both_ways(std::uint32_t code) {
  return hex_label(code) + " (" + std::to_string(code) + ")";
}

// What the tables say of a code, whichever kind it is.
struct Row {
  std::string_view meaning;
  std::string_view beware;
  std::string_view cause;
  std::string_view fix;
  diagnosis::Certainty certainty;
};

std::string explain_row(const TextStyle& style, const Row& row) {
  std::string out = labelled(style, "meaning", kLabel, row.meaning);
  if (!row.beware.empty()) out += labelled(style, "beware", kLabel, row.beware);
  out += labelled(style, "cause", kLabel, row.cause);
  out += labelled(style, "fix", kLabel, row.fix.empty() ? "none needed" : row.fix);
  return out + labelled(style, "certainty", kLabel, describe(row.certainty));
}

std::string explain_primary(const TextStyle& style, const diagnosis::ClientCode& row) {
  std::string out = paint(style, Colour::bold, "Client code " + both_ways(row.code)) + "\n";
  out += labelled(style, "client at", kLabel, row.phase);
  return out + explain_row(style, {row.meaning, diagnosis::client_code_beware(row.code), row.cause, row.fix,
                                   row.certainty});
}

std::string explain_extended(const TextStyle& style, std::uint32_t code, const diagnosis::ExtendedCode& row) {
  return paint(style, Colour::bold, "Extended code " + both_ways(code)) + "\n" +
         explain_row(style,
                     {row.meaning, diagnosis::extended_code_beware(code), row.cause, row.fix, row.certainty});
}

// Which of our failures mean this code, so that people find the way from a dialog to a metric.
std::string matching_failures(const TextStyle& style, std::uint32_t code,
                              std::optional<std::uint32_t> extended) {
  std::string out;
  for (const auto& phase : handshake::kPhases) {
    std::string reasons;
    for (const auto& reason : handshake::kReasons) {
      if (!handshake::can_occur(reason.reason, phase.phase)) continue;
      const auto error = diagnosis::client_error(phase.phase, reason.reason);
      if (!error || error->code != code || (extended && error->extended != extended)) continue;
      reasons.append(reasons.empty() ? "" : " ").append(reason.name);
    }
    if (!reasons.empty()) out += labelled(style, phase.name, kLabel, reasons);
  }
  if (out.empty()) return "";
  return "\n" + paint(style, Colour::bold, "rdpwatch's phase and reason where a client shows it") + "\n" +
         out;
}

std::string causes_behind(const TextStyle& style, std::uint32_t code, std::optional<std::uint32_t> extended) {
  return list_causes(style, "Causes, the most usual first, and how rdpwatch tells them apart",
                     diagnosis::causes_of_code(code, extended));
}

Explanation unknown_code(const TextStyle& style, const diagnosis::WrittenCode& code) {
  std::string out = both_ways(code.value) + " is not among the codes that are known\n";
  const std::string_view family = diagnosis::code_class(code.value);
  if (!family.empty())
    out += labelled(style, "", 0, "codes that end like it are about " + std::string(family));
  if (code.as_hex && diagnosis::find_client_code(*code.as_hex) != nullptr) {
    out += labelled(style, "", 0,
                    "did you mean " + hex_label(*code.as_hex) + "? " +
                        std::string(diagnosis::find_client_code(*code.as_hex)->meaning));
  }
  return {out, false};
}

// A second reading of the number that may be what was meant.
std::string other_readings(const TextStyle& style, const diagnosis::WrittenCode& code, bool has_extended) {
  std::string out;
  const auto* const as_extended = diagnosis::find_extended_code(code.value);
  if (!has_extended && as_extended != nullptr) {
    out += labelled(style, "or", kLabel, "as an extended code: " + std::string(as_extended->meaning));
  }
  if (code.as_hex && *code.as_hex != code.value) {
    const auto* const as_hex = diagnosis::find_client_code(*code.as_hex);
    if (as_hex != nullptr) {
      out += labelled(style, "or", kLabel,
                      "if " + hex_label(*code.as_hex) + " was meant: " + std::string(as_hex->meaning));
    }
  }
  return out;
}

}  // namespace

Explanation explain_code(const diagnosis::WrittenCode& code, const std::optional<std::string>& extended,
                         const TextStyle& style) {
  const auto* const primary = diagnosis::find_client_code(code.value);
  if (primary == nullptr) {
    const auto* const row = diagnosis::find_extended_code(code.value);
    if (row == nullptr || extended) return unknown_code(style, code);
    return {explain_extended(style, code.value, *row) + other_readings(style, code, true), true};
  }
  std::string out = explain_primary(style, *primary) + other_readings(style, code, extended.has_value());
  if (!extended) {
    out += matching_failures(style, code.value, std::nullopt);
    return {out + causes_behind(style, code.value, std::nullopt), true};
  }

  const auto second = diagnosis::parse_code(*extended);
  if (!second) {
    return {"\"" + clean(*extended, style.utf8) + "\" is no extended code; allowed: 0x7, or 7 in decimal\n",
            false};
  }
  const auto* const row = diagnosis::find_extended_code(second->value);
  if (row == nullptr) {
    out += "\nextended code " + both_ways(second->value) + " is not among the codes that are known\n";
    return {out, false};
  }
  out += "\n" + explain_extended(style, second->value, *row);
  out += matching_failures(style, code.value, second->value);
  return {out + causes_behind(style, code.value, second->value), true};
}

}  // namespace rdpwatch::report
