#include "daemon/report/explain_cause.hpp"

#include <algorithm>

#include "daemon/report/text_layout.hpp"

namespace rdpwatch::report {
namespace {

using diagnosis::Cause;
using diagnosis::Check;
using diagnosis::Fix;

constexpr std::size_t kLabel = 12;
constexpr std::size_t kNumber = 4;  // Room for "10. ".

std::string heading(const TextStyle& style, std::string_view text) {
  return "\n" + paint(style, Colour::bold, text) + "\n";
}

std::string bullets(const TextStyle& style, const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += labelled(style, "-", 2, line);
  return out;
}

// Lines of a command stay whole, to be copied.
std::string command_lines(std::string_view command) {
  std::string out;
  while (!command.empty()) {
    const std::size_t end = std::min(command.find('\n'), command.size());
    out.append(kNumber + 4, ' ').append(command.substr(0, end)).append("\n");
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return out;
}

std::string numbered(const TextStyle& style, std::size_t number, const std::string& text) {
  return labelled(style, std::to_string(number) + ".", kNumber, text);
}

std::string one_check(const TextStyle& style, std::size_t number, const Check& check) {
  std::string out = numbered(style, number, with_place(check.look, describe_place(check)));
  out += command_lines(check.command);
  return out + labelled(style, "", kNumber, "Seen: " + check.expect);
}

std::string one_fix(const TextStyle& style, std::size_t number, const Fix& fix) {
  const std::string platforms = platforms_in_words(fix);
  const std::string only = platforms.empty() ? "" : "On " + platforms + ": ";
  std::string out = numbered(style, number, with_place(only + fix.step, describe_place(fix)));
  out += command_lines(fix.command);
  if (!fix.warning.empty()) out += labelled(style, "", kNumber, "Beware: " + fix.warning);
  return out;
}

std::string related(const TextStyle& style, const Cause& cause) {
  std::string codes;
  for (const std::string& code : cause.client_codes) codes.append(codes.empty() ? "" : " ").append(code);
  std::string failures;
  for (const auto& symptom : cause.reasons)
    failures.append(failures.empty() ? "" : " ").append(to_label(symptom));
  std::string out;
  if (!codes.empty()) out += labelled(style, "client", kLabel, codes);
  if (!failures.empty()) out += labelled(style, "failures", kLabel, failures);
  return out.empty() ? "" : heading(style, "what is shown") + out;
}

}  // namespace

std::string with_place(std::string_view text, std::string_view place) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return place.empty() ? out : out + " (" + std::string(place) + ")";
}

std::string platforms_in_words(const Fix& fix) {
  std::string out;
  for (const diagnosis::Platform platform : fix.platforms) {
    out.append(out.empty() ? "" : ", ").append(describe(platform));
  }
  return out;
}

std::string explain_cause(const TextStyle& style, const Cause& cause) {
  std::string out = paint(style, Colour::bold, cause.id) + "\n";
  out += labelled(style, "cause", kLabel, cause.title);
  out += labelled(style, "whose", kLabel, describe(cause.blame));
  out += labelled(style, "certainty", kLabel, describe(cause.certainty));
  out += "\n" + labelled(style, "", 0, cause.explanation);
  out += heading(style, "signs") + bullets(style, cause.signs);
  out += heading(style, "what speaks against it") + bullets(style, cause.rules_out);
  out += heading(style, "how rdpwatch tells it apart") + labelled(style, "", 0, cause.tells_apart);
  out += heading(style, "what to check, the most telling first");
  for (std::size_t i = 0; i < cause.checks.size(); ++i) out += one_check(style, i + 1, cause.checks[i]);
  out += heading(style, "how to fix it, the least invasive first");
  std::size_t number = 0;
  for (const Fix* const fix : fixes_for(cause, std::nullopt)) out += one_fix(style, ++number, *fix);
  return out + related(style, cause);
}

std::string list_causes(const TextStyle& style, std::string_view title,
                        const std::vector<const Cause*>& causes) {
  if (causes.empty()) return "";
  std::string out = heading(style, title);
  for (const Cause* const cause : causes) {
    out += labelled(style, "", 0, cause->id + ": " + cause->title);
    out += labelled(style, "", 4, gist(*cause));
  }
  return out + labelled(style, "", 0, "`rdpwatch explain` with one of these ids has its checks and fixes.");
}

}  // namespace rdpwatch::report
