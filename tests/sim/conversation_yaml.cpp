#include <charconv>

#include "tests/sim/behaviour_yaml.hpp"

namespace rdpwatch::sim {

namespace {

constexpr NlaAnswer kNlaAnswers[] = {NlaAnswer::challenge, NlaAnswer::error_code,   NlaAnswer::close,
                                     NlaAnswer::reset,     NlaAnswer::stall,        NlaAnswer::reject,
                                     NlaAnswer::no_token,  NlaAnswer::malformed,    NlaAnswer::garbage_token,
                                     NlaAnswer::dpu,       NlaAnswer::early_denied, NlaAnswer::half};

constexpr Licensing kLicensing[] = {
    Licensing::valid_client,   Licensing::request,   Licensing::no_license,    Licensing::no_license_server,
    Licensing::invalid_client, Licensing::challenge, Licensing::demand_active, Licensing::autodetect_first,
    Licensing::stall,          Licensing::close,     Licensing::reset,         Licensing::malformed};
constexpr SessionPoint kPoints[] = {SessionPoint::connect, SessionPoint::attach, SessionPoint::join,
                                    SessionPoint::info};

/// The values with the names that name() gives them.
template <typename T, std::size_t N>
std::vector<std::pair<std::string_view, T>> named(const T (&values)[N]) {
  std::vector<std::pair<std::string_view, T>> table;
  for (const T value : values) table.emplace_back(name(value), value);
  return table;
}

/// "10.0.20348": two bytes and a 16-bit number (MS-NLMP 2.2.2.10), or nothing at all.
bool is_build(const std::string& text) {
  if (text.empty()) return true;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (const unsigned most : {255U, 255U, 65535U}) {
    unsigned part = 0;
    const auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc() || part > most) return false;
    if (most == 65535U) return next == end;
    if (next == end || *next != '.') return false;
    at = next + 1;
  }
  return false;
}

void read_name_of(YamlMap& map, std::string_view key, std::string& value) {
  constexpr std::size_t kMaxName = 255;
  const YAML::Node node = map.take(key);
  map.read(key, value);
  if (value.size() > kMaxName) map.error(node, std::string(key) + ": longer than 255 bytes");
}

/// Whether the key has this word instead of a value.
bool says(YamlMap& map, std::string_view key, std::string_view word) {
  const YAML::Node node = map.take(key);
  return node.IsDefined() && node.IsScalar() && node.Scalar() == word;
}

void read_echo(YamlMap& map, SessionSpec& session) {
  constexpr std::string_view kKey = "echo_protocols";
  if (!map.take(kKey).IsDefined()) return;
  session.omit_echo = says(map, kKey, "omit");
  session.echo_protocols.reset();
  if (session.omit_echo || says(map, kKey, "echo")) return;
  std::uint32_t number = 0;
  map.read_integer(kKey, number, 0, 0xFFFFFFFF);
  session.echo_protocols = number;
}

void read_key_bits(YamlMap& map, std::uint32_t& bits) {
  const YAML::Node node = map.take("rsa_key_bits");
  map.read_integer("rsa_key_bits", bits, 512, 4096);
  if (bits % 8 != 0) map.error(node, "rsa_key_bits: not a multiple of 8");
}

}  // namespace

void read_nla(YamlMap& parent, NlaSpec& nla) {
  static const auto answers = named(kNlaAnswers);
  YamlMap map(parent.take("nla"), parent.what() + ": nla", parent.errors());
  map.read_integer("version", nla.version, 0, 127);
  read_name_of(map, "netbios_computer", nla.netbios_computer);
  read_name_of(map, "netbios_domain", nla.netbios_domain);
  read_name_of(map, "dns_computer", nla.dns_computer);
  read_name_of(map, "dns_domain", nla.dns_domain);
  read_name_of(map, "dns_forest", nla.dns_forest);
  const YAML::Node build = map.take("build");
  map.read("build", nla.build);
  if (!is_build(nla.build)) map.error(build, "build: '" + nla.build + "' is not like 10.0.20348, or empty");
  map.read_offset("clock_offset", nla.clock_offset);
  map.read("timestamp", nla.timestamp);
  map.read_name<NlaAnswer>("answer", nla.answer, answers);
  map.read_integer("error_code", nla.error_code, 0, 0xFFFFFFFF);
  map.finish();
}

void read_session(YamlMap& parent, SessionSpec& session) {
  static const auto licensing = named(kLicensing);
  static const auto points = named(kPoints);
  YamlMap map(parent.take("session"), parent.what() + ": session", parent.errors());
  map.read_integer("rdp_version", session.rdp_version, 0, 0xFFFFFFFF);
  read_echo(map, session);
  map.read_integer("encryption_method", session.encryption_method, 0, 0xFFFFFFFF);
  map.read_integer("encryption_level", session.encryption_level, 0, 0xFFFFFFFF);
  read_key_bits(map, session.rsa_key_bits);
  map.read_integer("connect_result", session.connect_result, 0, 15);
  map.read_integer("attach_result", session.attach_result, 0, 15);
  map.read_integer("join_result", session.join_result, 0, 15);
  map.read_name<Licensing>("licensing", session.licensing, licensing);
  if (says(map, "error_info", "none")) {
    session.error_info.reset();
  } else if (map.take("error_info").IsDefined()) {
    std::uint32_t number = 0;
    map.read_integer("error_info", number, 0, 0xFFFFFFFF);
    session.error_info = number;
  }
  if (says(map, "ultimatum", "none")) {
    session.ultimatum.reset();
  } else if (map.take("ultimatum").IsDefined()) {
    SessionPoint point = SessionPoint::connect;
    map.read_name<SessionPoint>("ultimatum", point, points);
    session.ultimatum = point;
  }
  map.finish();
}

}  // namespace rdpwatch::sim
