#include <algorithm>
#include <array>

#include "config/certificate_file.hpp"
#include "config/decode.hpp"
#include "config/map_reader.hpp"
#include "config/names.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

using namespace std::chrono_literals;

namespace {

/// The shallowest depth at which a setting can have an effect; set at a shallower one it is a contradiction.
struct NeededDepth {
  std::string_view key;
  std::string_view depth;
};
constexpr std::array<NeededDepth, 8> kNeededDepths{{{"require_tls", "negotiate"},
                                                    {"require_nla", "negotiate"},
                                                    {"cookie", "negotiate"},
                                                    {"audit", "negotiate"},
                                                    {"fail_on", "tls"},
                                                    {"ca_file", "tls"},
                                                    {"server_name", "tls"},
                                                    {"tls", "tls"}}};

class ModuleDecoder {
 public:
  ModuleDecoder(const Node& node, const std::string& name, const std::string& directory,
                Diagnostics& diagnostics)
      : diagnostics_(diagnostics),
        directory_(directory),
        path_("modules." + name),
        reader_(node, path_,
                {"depth", "require_tls", "require_nla", "fail_on", "ca_file", "server_name", "cookie", "tls",
                 "source_address", "audit", "diagnosis"},
                diagnostics) {
    module_.name = name;
  }

  ModuleSettings decode() {
    if (!reader_.is_mapping()) return module_;
    const bool depth_known = read_depth();
    module_.require_tls = reaches(module_.depth, "tls");
    reader_.read_bool("require_tls", module_.require_tls);
    reader_.read_bool("require_nla", module_.require_nla);
    read_source_address(reader_, module_.source_address);
    read_tls();
    read_cookie();
    read_server_name();
    read_fail_on();
    read_ca_file();
    read_audit();
    read_diagnosis();
    if (depth_known) check_depth();
    check_contradictions();
    return module_;
  }

 private:
  bool read_depth() {
    const Node* value = reader_.find("depth");
    if (value == nullptr) return true;
    const std::vector<std::string> depths = depth_names();
    if (value->kind == Node::Kind::scalar && is_not_yet(value->text)) {
      diagnostics_.add(value->place, path_ + ".depth: this version does not have " + quoted(value->text) +
                                         " yet, allowed: " + joined(depths));
      return false;
    }
    if (value->kind != Node::Kind::scalar ||
        std::find(depths.begin(), depths.end(), value->text) == depths.end()) {
      reader_.wrong("depth", "one of " + joined(depths));
      return false;
    }
    module_.depth = value->text;
    return true;
  }

  void read_tls() {
    const Node* tls = reader_.find("tls");
    if (tls == nullptr) return;
    MapReader reader(*tls, path_ + ".tls", {"min_version"}, diagnostics_);
    const Node* version = reader.find("min_version");
    if (version == nullptr) return;
    const std::vector<std::string> versions = tls_version_names();
    if (version->kind != Node::Kind::scalar ||
        std::find(versions.begin(), versions.end(), version->text) == versions.end()) {
      reader.wrong("min_version", "one of " + joined(versions));
      return;
    }
    module_.tls_min_version = version->text;
  }

  void read_cookie() {
    const auto is_allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
             c == '_';
    };
    std::string cookie = module_.cookie;
    reader_.read_text("cookie", cookie);
    if (cookie.size() > 9 || !std::all_of(cookie.begin(), cookie.end(), is_allowed)) {
      reader_.wrong("cookie", "at most 9 letters, digits, - and _, or \"\" for none");
      return;
    }
    module_.cookie = cookie;
  }

  /// A name without a port; an address makes sense too, for certificates that carry one.
  void read_server_name() {
    std::string text;
    reader_.read_text("server_name", text);
    if (text.empty()) return;
    TargetSettings parsed;
    std::string why;
    const bool has_port =
        text.find(':') != std::string::npos && std::count(text.begin(), text.end(), ':') == 1;
    if (has_port || text.front() == '[' || !parse_target(text, parsed, why)) {
      reader_.wrong("server_name", "a host name or an IP address, without a port");
      return;
    }
    module_.server_name = parsed.host;
  }

  void read_fail_on() {
    const std::vector<std::string> allowed = certificate_problem_names();
    for (const PlacedText& problem : reader_.read_text_list("fail_on", "certificate problems")) {
      if (std::find(allowed.begin(), allowed.end(), problem.text) == allowed.end()) {
        diagnostics_.add(problem.place, path_ + ".fail_on: unknown certificate problem " +
                                            quoted(problem.text) + did_you_mean(problem.text, allowed) +
                                            ", allowed: " + joined(allowed));
      } else if (std::find(module_.fail_on.begin(), module_.fail_on.end(), problem.text) !=
                 module_.fail_on.end()) {
        diagnostics_.add(problem.place, path_ + ".fail_on: " + quoted(problem.text) +
                                            " is listed twice, allowed: each problem once");
      } else {
        module_.fail_on.push_back(problem.text);
      }
    }
  }

  void read_ca_file() {
    std::string text;
    reader_.read_text("ca_file", text);
    if (text.empty()) return;
    module_.ca_file = absolute_path(directory_, text);
    std::string why;
    if (has_certificate(module_.ca_file, why)) return;
    diagnostics_.add(reader_.place("ca_file"), path_ + ".ca_file: " + quoted(text) + " " + why +
                                                   ", allowed: a PEM file with at least one certificate");
  }

  void read_audit() {
    const Node* audit = reader_.find("audit");
    if (audit == nullptr) return;
    MapReader reader(*audit, path_ + ".audit", {"interval"}, diagnostics_);
    reader.read_duration_or_zero("interval", 1h, 30 * 24h, module_.audit_interval);
  }

  void read_diagnosis() {
    const Node* diagnosis = reader_.find("diagnosis");
    if (diagnosis == nullptr) return;
    MapReader reader(*diagnosis, path_ + ".diagnosis", {"experiments", "patient"}, diagnostics_);
    reader.read_integer("experiments", 0, 6, module_.diagnosis_experiments);
    reader.read_bool("patient", module_.diagnosis_patient);
    if (module_.diagnosis_patient && module_.diagnosis_experiments == 0) {
      diagnostics_.add(reader.place("patient"),
                       path_ + ".diagnosis.patient: true contradicts experiments: 0, allowed: false, or " +
                           "leave one of them out");
    }
  }

  void check_depth() {
    for (const NeededDepth& needed : kNeededDepths) {
      if (!reader_.has(needed.key) || reaches(module_.depth, needed.depth)) continue;
      diagnostics_.add(reader_.place(needed.key), reader_.path(needed.key) + ": has no effect at depth " +
                                                      module_.depth + ", allowed: from depth " +
                                                      std::string(needed.depth) + " on");
    }
  }

  void check_contradictions() {
    if (module_.require_nla && reader_.has("require_tls") && !module_.require_tls) {
      diagnostics_.add(reader_.place("require_tls"),
                       path_ + ".require_tls: false contradicts require_nla: true (NLA " +
                           "runs inside TLS), allowed: true, or leave it out");
    }
    if (module_.require_nla && module_.depth == "licensing") {
      diagnostics_.add(reader_.place("require_nla"),
                       path_ + ".require_nla: true contradicts depth licensing (licensing is for hosts " +
                           "without NLA), allowed: false, or leave it out");
    }
    const bool judges_trust =
        std::find(module_.fail_on.begin(), module_.fail_on.end(), "untrusted") != module_.fail_on.end();
    if (judges_trust && module_.ca_file.empty()) {
      diagnostics_.add(
          reader_.place("fail_on"),
          path_ + ".fail_on: 'untrusted' needs ca_file, allowed: with a ca_file, or without 'untrusted'");
    }
  }

  Diagnostics& diagnostics_;
  const std::string& directory_;
  std::string path_;
  MapReader reader_;
  ModuleSettings module_;
};

/// Why a module can't have this name; empty when it can.
std::string fault_of_name(const std::string& name, const std::map<std::string, ModuleSettings>& built_in) {
  if (built_in.count(name) > 0) return " is built in and can't be changed, allowed: another name";
  if (is_not_yet(name))
    return " is the name of a module that a later version has built in, allowed: another name";
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), is_allowed)) {
    return " is not a module name, allowed: 1 to 64 letters, digits, -, _ and .";
  }
  return "";
}

}  // namespace

void decode_modules(const Node& node, const std::string& directory, Diagnostics& diagnostics,
                    std::map<std::string, ModuleSettings>& modules) {
  if (node.kind != Node::Kind::mapping) {
    report_wrong(node, "modules", "a mapping of module names to settings", diagnostics);
    return;
  }
  const std::map<std::string, ModuleSettings> built_in = built_in_modules();
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const Node& key = node.children[i];
    if (key.kind != Node::Kind::scalar) continue;  // Reported by the parser.
    const std::string fault = fault_of_name(key.text, built_in);
    if (!fault.empty()) {
      diagnostics.add(key.place, "modules: " + quoted(key.text) + fault);
      continue;
    }
    ModuleDecoder decoder(node.children[i + 1], key.text, directory, diagnostics);
    modules[key.text] = decoder.decode();
  }
}

}  // namespace rdpwatch::config
