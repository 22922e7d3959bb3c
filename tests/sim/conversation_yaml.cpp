#include <charconv>

#include "tests/sim/behaviour_yaml.hpp"

namespace rdpwatch::sim {

namespace {

constexpr NlaAnswer kNlaAnswers[] = {NlaAnswer::challenge, NlaAnswer::error_code,   NlaAnswer::close,
                                     NlaAnswer::reset,     NlaAnswer::stall,        NlaAnswer::reject,
                                     NlaAnswer::no_token,  NlaAnswer::malformed,    NlaAnswer::garbage_token,
                                     NlaAnswer::dpu,       NlaAnswer::early_denied, NlaAnswer::half};

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

}  // namespace rdpwatch::sim
