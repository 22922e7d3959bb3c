#include "config/web_config.hpp"

#include <algorithm>
#include <filesystem>

#include "config/decode_web_config.hpp"
#include "config/map_reader.hpp"
#include "config/read_file.hpp"
#include "config/text.hpp"

namespace rdpwatch::config {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMostUsers = 1000;
constexpr std::size_t kLongestUser = 256;
constexpr std::size_t kLongestHeader = 4096;

struct LegalHeader {
  std::string name;
  std::vector<std::string> values;  ///< empty: any
};

const std::vector<LegalHeader>& legal_headers() {
  static const std::vector<LegalHeader> headers = {{"Strict-Transport-Security", {}},
                                                   {"X-Content-Type-Options", {"nosniff"}},
                                                   {"X-Frame-Options", {"deny", "sameorigin"}},
                                                   {"X-XSS-Protection", {}},
                                                   {"Content-Security-Policy", {}}};
  return headers;
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void decode_headers(const Node& node, Diagnostics& diagnostics, WebConfig& config) {
  std::vector<std::string> names;
  for (const LegalHeader& header : legal_headers()) names.push_back(header.name);
  MapReader reader(node, "http_server_config.headers", names, diagnostics);
  for (const LegalHeader& header : legal_headers()) {
    std::string value;
    if (!reader.has(header.name)) continue;
    reader.read_text(header.name, value);
    if (reader.find(header.name)->kind != Node::Kind::scalar) continue;
    const bool known = std::find(header.values.begin(), header.values.end(), value) != header.values.end();
    if (!header.values.empty() && !known) {
      const std::string allowed =
          header.values.size() > 1 ? "one of " + joined(header.values) : header.values.front();
      reader.wrong(header.name, allowed);
    } else if (value.size() > kLongestHeader || !is_printable_ascii(value)) {
      reader.wrong(header.name, "at most 4096 printable ASCII characters");
    } else {
      config.headers.emplace_back(header.name, value);
    }
  }
}

std::string fault_of_user(std::string_view name) {
  if (name.empty()) return "must not be empty";
  if (name.size() > kLongestUser) return "must be at most 256 bytes long";
  if (has_control_characters(name)) return "must have no control characters";
  // The name ends at the first colon of what a client sends.
  if (name.find(':') != std::string_view::npos) return "must have no colon";
  return "";
}

}  // namespace

bool is_bcrypt_hash(std::string_view text) {
  if (text.size() != 60) return false;
  const std::string_view kind = text.substr(0, 4);
  if (kind != "$2a$" && kind != "$2b$" && kind != "$2y$") return false;
  const std::string_view cost = text.substr(4, 2);
  if (cost < "04" || cost > "15" || cost[1] < '0' || cost[1] > '9' || text[6] != '$') return false;
  const std::string_view rest = text.substr(7);
  return std::all_of(rest.begin(), rest.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/';
  });
}

void decode_http_server(const Node& node, Diagnostics& diagnostics, WebConfig& config) {
  MapReader reader(node, "http_server_config", {"http2", "headers"}, diagnostics);
  bool ignored = false;
  reader.read_bool("http2", ignored);
  config.http2_set = reader.has("http2");
  if (const Node* headers = reader.find("headers")) decode_headers(*headers, diagnostics, config);
}

void decode_users(const Node& node, Diagnostics& diagnostics, std::map<std::string, std::string>& users) {
  if (node.kind != Node::Kind::mapping) {
    report_wrong(node, "basic_auth_users", "a mapping of user names to bcrypt hashes", diagnostics);
    return;
  }
  for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
    const Node& name = node.children[i];
    const Node& hash = node.children[i + 1];
    if (name.kind != Node::Kind::scalar) continue;  // Reported by the parser.
    const std::string fault = fault_of_user(name.text);
    if (!fault.empty())
      diagnostics.add(name.place,
                      "basic_auth_users: the user name " + config::quoted(name.text) + " " + fault);
    if (hash.kind == Node::Kind::refused) continue;
    if (hash.kind != Node::Kind::scalar || !is_bcrypt_hash(hash.text)) {
      // What stands there may be the password itself, and this text goes into a log.
      diagnostics.add(hash.place,
                      "basic_auth_users: the value of " + config::quoted(name.text) +
                          " must be a bcrypt hash, $2a$, $2b$ or $2y$ with a cost from 04 to 15 (as "
                          "htpasswd -nBC 10 makes one)");
      continue;
    }
    users[name.text] = hash.text;
  }
  if (node.children.empty()) {
    diagnostics.add(node.place,
                    "basic_auth_users: must have at least one user; without the key nobody is asked "
                    "for a password");
  }
  if (users.size() > kMostUsers) {
    diagnostics.add(node.place,
                    "basic_auth_users: must be at most 1000 users, not " + std::to_string(users.size()));
  }
}

void decode_rate_limit(const Node& node, Diagnostics& diagnostics, WebRateLimit& limit) {
  MapReader reader(node, "rate_limit", {"interval", "burst"}, diagnostics);
  reader.read_duration_or_zero("interval", 1ms, 1h, limit.interval);
  const bool on = limit.interval.count() > 0;
  reader.read_integer("burst", on ? 1 : 0, 1'000'000, limit.burst);
  if (on && reader.is_mapping() && !reader.has("burst")) {
    diagnostics.add(
        node.place,
        "rate_limit: interval needs burst, allowed: how many requests may come at once, 1 to 1000000");
  }
}

WebConfigResult load_web_config(const std::string& path) {
  WebConfigResult result;
  Diagnostics diagnostics(path);
  result.sources.push_back(stamp_of(path));
  std::string text, why;
  std::optional<Node> root;
  if (!read_file(path, text, why)) {
    diagnostics.add({}, why);
  } else if (text.size() > kLargestWebConfig) {
    diagnostics.add({}, "is larger than 256 KiB, allowed: at most 256 KiB");
  } else {
    root = parse_yaml(text, diagnostics);
  }
  if (root && root->kind == Node::Kind::null) {
    // A file that is just being written must not open the door.
    diagnostics.add({1, 1}, "the file is empty, allowed: `{}` for no TLS and no passwords");
  } else if (root) {
    MapReader reader(*root, "", {"tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"},
                     diagnostics);
    const std::string directory = std::filesystem::path(path).parent_path().string();
    if (const Node* node = reader.find("tls_server_config")) {
      decode_web_tls(*node, directory, diagnostics, result.config.tls.emplace(), result.sources);
    }
    if (const Node* node = reader.find("http_server_config"))
      decode_http_server(*node, diagnostics, result.config);
    if (const Node* node = reader.find("basic_auth_users"))
      decode_users(*node, diagnostics, result.config.users);
    if (const Node* node = reader.find("rate_limit"))
      decode_rate_limit(*node, diagnostics, result.config.rate_limit);
  }
  if (!diagnostics.empty()) result.errors = diagnostics.take();
  return result;
}

}  // namespace rdpwatch::config
