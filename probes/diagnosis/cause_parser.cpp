// parse_causes(): the rules of causes.yml.

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/cause_reader.hpp"
#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::diagnosis {
namespace {

constexpr std::array kBlames{Blame::host, Blame::path, Blame::name, Blame::client, Blame::prober};
constexpr std::array kPlaces{Place::host, Place::prober, Place::client, Place::network, Place::directory};
constexpr std::array kPlatforms{Platform::azure, Platform::aws, Platform::hyperv, Platform::physical};
// A host that runs Linux needs other commands; in the file that is one more place.
constexpr std::string_view kLinux = "linux";

const std::map<std::string_view, Certainty> kCertainties{{"documented", Certainty::documented},
                                                         {"several_reports", Certainty::several_reports},
                                                         {"one_report", Certainty::one_report}};

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

template <typename Enum, std::size_t N>
std::vector<std::string_view> names_of(const std::array<Enum, N>& values) {
  std::vector<std::string_view> names;
  for (const Enum value : values) names.push_back(name(value));
  return names;
}

// Puts the value of that name into `out`; an empty text has been reported already. `more` is what else is
// allowed.
template <typename Enum, std::size_t N>
void read_enum(const Placed& text, std::string_view key, const std::array<Enum, N>& values, Enum& out,
               BookErrors& errors, const std::vector<std::string_view>& more = {}) {
  if (text.text.empty()) return;
  for (const Enum value : values) {
    if (name(value) != text.text) continue;
    out = value;
    return;
  }
  std::vector<std::string_view> allowed = names_of(values);
  allowed.insert(allowed.end(), more.begin(), more.end());
  errors.add(text.mark, std::string(key) + " is " + quoted(text.text) + ", allowed: " + joined(allowed));
}

void read_place(const Placed& text, Place& where, bool& on_linux, BookErrors& errors) {
  on_linux = text.text == kLinux;
  if (!on_linux) read_enum(text, "where", kPlaces, where, errors, {kLinux});
}

// The id of a cause stands beside these in `explain` and in labels.
std::string_view taken_by(std::string_view id) {
  if (handshake::phase_by_name(id)) return "a phase";
  if (handshake::reason_by_name(id)) return "a failure's reason";
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    if (handshake::name(static_cast<handshake::CertificateProblem>(i)) == id) return "a certificate problem";
  }
  return "";
}

void check_id(const Placed& id, std::map<std::string, int>& seen, BookErrors& errors) {
  if (id.text.empty()) return;
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (!std::ranges::all_of(id.text, allowed)) {
    errors.add(id.mark, "id is " + quoted(id.text) + ", allowed: small letters, digits and _");
    return;
  }
  const std::string_view other = taken_by(id.text);
  if (!other.empty()) {
    errors.add(id.mark, "id is " + quoted(id.text) + ", which is " + std::string(other) +
                            ", allowed: a name that nothing else has");
  }
  const auto [first, is_new] = seen.emplace(id.text, id.mark.line + 1);
  if (is_new) return;
  errors.add(id.mark, "the id " + quoted(id.text) + " is also on line " + std::to_string(first->second) +
                          ", allowed: each id once");
}

// The same form as in metrics and JSON, so that a search finds it.
bool is_known_code(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto code = parse_code(text.substr(0, slash));
  if (!code || find_client_code(code->value) == nullptr) return false;
  if (slash == std::string_view::npos) return text == hex_label(code->value);
  const auto extended = parse_code(text.substr(slash + 1));
  if (!extended || find_extended_code(extended->value) == nullptr) return false;
  return text == hex_label(code->value) + "/" + hex_label(extended->value);
}

std::vector<std::string> read_codes(MappingReader& reader, BookErrors& errors) {
  std::vector<std::string> codes;
  for (const Placed& code : reader.texts("client_codes", 0)) {
    if (!is_known_code(code.text)) {
      errors.add(code.mark, "client_codes[] is " + quoted(code.text) +
                                ", allowed: codes of client_codes.def in the form 0x204 or 0x904/0x7");
    } else if (std::ranges::find(codes, code.text) != codes.end()) {
      errors.add(code.mark, "client_codes[] has " + quoted(code.text) + " twice, allowed: each code once");
    }
    codes.push_back(code.text);
  }
  return codes;
}

std::vector<Symptom> read_reasons(MappingReader& reader, BookErrors& errors) {
  std::vector<Symptom> symptoms;
  for (const Placed& pair : reader.texts("reasons", 0)) {
    const std::size_t slash = pair.text.find('/');
    const auto phase = handshake::phase_by_name(std::string_view(pair.text).substr(0, slash));
    const auto reason = slash == std::string::npos
                            ? std::nullopt
                            : handshake::reason_by_name(std::string_view(pair.text).substr(slash + 1));
    if (!phase || !reason || !handshake::can_occur(*reason, *phase)) {
      errors.add(pair.mark, "reasons[] is " + quoted(pair.text) +
                                ", allowed: a phase and a reason that occurs in it, as tls/connection_reset");
      continue;
    }
    const Symptom symptom{*phase, *reason};
    if (std::ranges::find(symptoms, symptom) != symptoms.end()) {
      errors.add(pair.mark, "reasons[] has " + quoted(pair.text) + " twice, allowed: each pair once");
    }
    symptoms.push_back(symptom);
  }
  return symptoms;
}

std::vector<std::string> read_lines(MappingReader& reader, std::string_view key) {
  std::vector<std::string> lines;
  for (Placed& text : reader.texts(key, 1)) lines.push_back(std::move(text.text));
  return lines;
}

Check read_check(const YAML::Node& node, BookErrors& errors) {
  MappingReader reader(node, "a check", {"where", "look", "command", "expect"}, errors);
  Check check;
  read_place(reader.text("where"), check.where, check.on_linux, errors);
  check.look = reader.text("look").text;
  check.command = reader.optional_text("command").text;
  check.expect = reader.text("expect").text;
  return check;
}

Fix read_fix(const YAML::Node& node, BookErrors& errors) {
  MappingReader reader(node, "a fix", {"where", "step", "command", "warning", "platforms"}, errors);
  Fix fix;
  read_place(reader.text("where"), fix.where, fix.on_linux, errors);
  fix.step = reader.text("step").text;
  fix.command = reader.optional_text("command").text;
  fix.warning = reader.optional_text("warning").text;
  for (const Placed& text : reader.texts("platforms", 0)) {
    fix.platforms.emplace_back();
    read_enum(text, "platforms[]", kPlatforms, fix.platforms.back(), errors);
  }
  return fix;
}

Cause read_cause(const YAML::Node& node, std::map<std::string, int>& ids, BookErrors& errors) {
  MappingReader reader(node, "a cause",
                       {"id", "title", "blame", "certainty", "explanation", "signs", "rules_out",
                        "tells_apart", "client_codes", "reasons", "checks", "fixes"},
                       errors);
  Cause cause;
  const Placed id = reader.text("id");
  check_id(id, ids, errors);
  cause.id = id.text;
  cause.title = reader.text("title").text;
  read_enum(reader.text("blame"), "blame", kBlames, cause.blame, errors);
  const Placed certainty = reader.text("certainty");
  const auto known = kCertainties.find(certainty.text);
  if (known != kCertainties.end()) {
    cause.certainty = known->second;
  } else if (!certainty.text.empty()) {
    errors.add(certainty.mark, "certainty is " + quoted(certainty.text) +
                                   ", allowed: documented, several_reports, one_report");
  }
  cause.explanation = reader.text("explanation").text;
  cause.signs = read_lines(reader, "signs");
  cause.rules_out = read_lines(reader, "rules_out");
  cause.tells_apart = reader.text("tells_apart").text;
  cause.client_codes = read_codes(reader, errors);
  cause.reasons = read_reasons(reader, errors);
  for (const YAML::Node& check : reader.list("checks")) cause.checks.push_back(read_check(check, errors));
  for (const YAML::Node& fix : reader.list("fixes")) cause.fixes.push_back(read_fix(fix, errors));
  return cause;
}

}  // namespace

ParsedCauses parse_causes(std::string_view yaml) {
  ParsedCauses out;
  BookErrors errors;
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (!root.IsSequence() || root.size() == 0) {
      errors.add(root.Mark(), "there is no list of causes, allowed: a list with at least one cause");
    } else {
      std::map<std::string, int> ids;
      for (const YAML::Node& node : root) out.causes.push_back(read_cause(node, ids, errors));
    }
  } catch (const YAML::Exception& error) {
    errors.add(error.mark, "YAML syntax: " + error.msg + ", allowed: a list of causes in YAML");
  }
  out.errors = errors.texts();
  if (!out.errors.empty()) out.causes.clear();
  return out;
}

}  // namespace rdpwatch::diagnosis
