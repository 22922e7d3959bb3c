#include "daemon/report/runbook.hpp"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/report/explain_cause.hpp"

namespace rdpwatch::report {
namespace {

using diagnosis::Blame;
using diagnosis::Cause;
using diagnosis::Check;
using diagnosis::Fix;
using diagnosis::parse_code;
using diagnosis::Place;
using diagnosis::Platform;

constexpr std::string_view kMade =
    "<!-- Made by `rdpwatch print-runbooks` from probes/diagnosis/causes.yml: edit that file. -->\n\n";

bool is_part_of_id(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What Markdown would take for its own; the book writes `code` in prose itself.
std::string escaped(char c) {
  if (c == '<') return "&lt;";
  if (c == '*' || c == '\\' || c == '[' || c == ']' || c == '|') return std::string("\\") + c;
  return std::string(1, c);
}

std::string link(const Cause& cause) {
  return "[" + cause.id + "](" + cause.id + ".md)";
}

// Prose: other causes become links to their pages, other ids code. `self` is the page's own cause.
std::string prose(std::string_view text, const Cause& self) {
  std::string out;
  bool in_code = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_part_of_id(text[end])) ++end;
    const std::string_view word = text.substr(i, end - i);
    if (word.empty()) {
      if (text[i] == '`') in_code = !in_code;
      out += in_code ? std::string(1, text[i]) : escaped(text[i]);
      ++i;
      continue;
    }
    const Cause* const cause = in_code ? nullptr : diagnosis::find_cause(word);
    const bool is_id = !in_code && word.find('_') != std::string_view::npos;
    if (cause != nullptr && cause != &self) {
      out += link(*cause);
    } else if (is_id) {
      out.append("`").append(word).append("`");
    } else {
      out += word;
    }
    i = end;
  }
  return out;
}

std::string bullets(const std::vector<std::string>& lines, const Cause& cause) {
  std::string out;
  for (const std::string& line : lines) out += "- " + prose(line, cause) + "\n";
  return out;
}

// For colours in the page. What is done in the network is typed in many kinds of shells.
std::string_view language(Place where, bool on_linux) {
  switch (where) {
    case Place::host:
      return on_linux ? "sh" : "powershell";
    case Place::prober:
      return "sh";
    case Place::client:
    case Place::directory:
      return "powershell";
    case Place::network:
      return "";
  }
  return "";
}

// A code block that belongs to an element of a numbered list.
std::string command_block(std::string_view command, std::string_view language) {
  if (command.empty()) return "";
  std::string out = "\n   ```" + std::string(language) + "\n";
  while (!command.empty()) {
    const std::size_t end = std::min(command.find('\n'), command.size());
    out.append("   ").append(command.substr(0, end)).append("\n");
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return out + "   ```\n";
}

// Nine elements fit under this indentation; a test holds that no list is longer.
std::string numbered(std::size_t number, std::string_view text, std::string_view place, const Cause& cause) {
  return std::to_string(number) + ". " + prose(with_place(text, place), cause) + "\n";
}

std::string one_check(std::size_t number, const Check& check, const Cause& cause) {
  std::string out = numbered(number, check.look, describe_place(check), cause);
  out += command_block(check.command, language(check.where, check.on_linux));
  return out + "\n   **Seen:** " + prose(check.expect, cause) + "\n";
}

std::string one_fix(std::size_t number, const Fix& fix, const Cause& cause) {
  std::string out = numbered(number, fix.step, describe_place(fix), cause);
  out += command_block(fix.command, language(fix.where, fix.on_linux));
  if (!fix.warning.empty()) out += "\n   **Beware:** " + prose(fix.warning, cause) + "\n";
  return out;
}

std::string fixes(const Cause& cause) {
  std::string out = "\n## How to fix it\n\nThe least invasive first.\n\n";
  std::size_t number = 0;
  for (const Fix& fix : cause.fixes) {
    if (fix.platforms.empty()) out += one_fix(++number, fix, cause);
  }
  for (const Platform platform : {Platform::azure, Platform::aws, Platform::hyperv, Platform::physical}) {
    std::string part;
    number = 0;
    for (const Fix& fix : cause.fixes) {
      if (std::ranges::find(fix.platforms, platform) == fix.platforms.end()) continue;
      part += one_fix(++number, fix, cause);
    }
    if (!part.empty()) out += "\n### On " + std::string(describe(platform)) + "\n\n" + part;
  }
  return out;
}

std::string related(const Cause& cause) {
  std::string codes;
  for (const std::string& code : cause.client_codes) codes += (codes.empty() ? "`" : ", `") + code + "`";
  std::string failures;
  for (const auto& symptom : cause.reasons) {
    failures += (failures.empty() ? "`" : ", `") + to_label(symptom) + "`";
  }
  std::string out = "\n## What is shown\n\n";
  out += "- Microsoft's client: " + (codes.empty() ? "nothing of its own" : codes) + "\n";
  out += "- rdpwatch, as phase and reason: ";
  return out + (failures.empty() ? "the probe succeeds, or ends with what another cause shows" : failures) +
         "\n\nAll causes: [index](README.md)\n";
}

std::string index_by_blame() {
  std::string out;
  for (const Blame blame : {Blame::host, Blame::path, Blame::name, Blame::client, Blame::prober}) {
    out += "\n## " + with_place(describe(blame), "") + "\n\n| cause | what it is |\n|---|---|\n";
    for (const Cause& cause : diagnosis::causes()) {
      if (cause.blame == blame) out += "| " + link(cause) + " | " + prose(cause.title, cause) + " |\n";
    }
  }
  return out;
}

struct ShownCode {
  std::uint32_t code = 0;
  std::optional<std::uint32_t> extended;
  auto operator<=>(const ShownCode&) const = default;
};

// The book has no code that is not written like this; its parser sees to it.
ShownCode shown_code(std::string_view label) {
  const std::size_t slash = std::min(label.find('/'), label.size());
  ShownCode out{parse_code(label.substr(0, slash)).value().value, std::nullopt};
  if (slash < label.size()) out.extended = parse_code(label.substr(slash + 1)).value().value;
  return out;
}

std::string index_by_code() {
  std::map<ShownCode, std::string> labels;
  for (const Cause& cause : diagnosis::causes()) {
    for (const std::string& label : cause.client_codes) labels.emplace(shown_code(label), label);
  }
  std::string out =
      "\n## By the code that a client shows\n\nThe most usual cause first.\n\n| code | causes |\n|---|---|\n";
  for (const auto& [shown, label] : labels) {
    std::string links;
    for (const Cause* const cause : diagnosis::causes_of_code(shown.code, shown.extended)) {
      // Without an extended code the book would give every pair with this code as well.
      if (std::ranges::find(cause->client_codes, label) == cause->client_codes.end()) continue;
      links += (links.empty() ? "" : ", ") + link(*cause);
    }
    out += "| `" + label + "` | " + links + " |\n";
  }
  return out;
}

}  // namespace

std::string runbook_page(const Cause& cause) {
  std::string out(kMade);
  out += "# " + prose(cause.title, cause) + "\n\n";
  out += "`" + cause.id + "`. Whose cause it is: **" + std::string(describe(cause.blame)) +
         "**. How well its signs are established: " + std::string(describe(cause.certainty)) + ".\n\n";
  out += prose(cause.explanation, cause) + "\n";
  out += "\n## Signs\n\n" + bullets(cause.signs, cause);
  out += "\n## What speaks against it\n\n" + bullets(cause.rules_out, cause);
  out += "\n## How rdpwatch tells it apart\n\n" + prose(cause.tells_apart, cause) + "\n";
  out += "\n## What to check\n\nThe most telling first.\n\n";
  for (std::size_t i = 0; i < cause.checks.size(); ++i) out += one_check(i + 1, cause.checks[i], cause);
  return out + fixes(cause) + related(cause);
}

std::string runbook_index() {
  std::string out(kMade);
  out +=
      "# Runbooks\n\nWhy a Remote Desktop host can't be reached: one page a cause, with its signs, what "
      "speaks "
      "against it,\nwhat to check and how to fix it. `rdpwatch explain CAUSE` prints the same on a "
      "terminal.\n";
  return out + index_by_blame() + index_by_code();
}

}  // namespace rdpwatch::report
