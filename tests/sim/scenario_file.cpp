#include "tests/sim/scenario_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/sim/behaviour_yaml.hpp"
#include "tests/sim/certificate.hpp"
#include "tests/sim/personalities.hpp"
#include "tests/sim/yaml_map.hpp"

namespace rdpwatch::sim {

namespace {

// Far more than 10,000 hosts, one a line; a limit because the file comes from outside.
constexpr std::size_t kMaxFileSize = 16 << 20;
constexpr std::uint32_t kMaxTimes = 1000000;

/// Calls read(key node, value node, name) for each entry of the map at `key`.
template <typename Read>
void for_each_entry(YamlMap& parent, std::string_view key, YamlErrors& errors, Read read) {
  const YAML::Node node = parent.take(key);
  if (!node.IsDefined()) return;
  if (!node.IsMap()) {
    errors.add(node.Mark(), std::string(key) + ": expected a map of keys and values");
    return;
  }
  for (const auto& entry : node)
    read(entry.first, entry.second, entry.first.IsScalar() ? entry.first.Scalar() : std::string());
}

void read_definitions(YamlMap& file, Definitions& definitions, const std::filesystem::path& folder,
                      YamlErrors& errors) {
  const auto duplicate = [&errors](const YAML::Node& key, const std::string& name) {
    errors.add(key.Mark(), "'" + name + "' is defined twice");
  };
  for_each_entry(file, "authorities", errors,
                 [&](const YAML::Node& key, const YAML::Node& value, const std::string& name) {
                   AuthoritySpec authority;
                   YamlMap map(value, "authority '" + name + "'", errors);
                   const YAML::Node common_name = map.take("common_name");
                   map.read("common_name", authority.common_name);
                   if (authority.common_name.size() > 64)
                     map.error(common_name, "common_name: longer than 64 bytes");
                   const YAML::Node kind = map.take("key");
                   map.read("key", authority.key);
                   if (const std::string complaint = complaint_about_key(authority.key); !complaint.empty())
                     map.error(kind, "key: " + complaint);
                   map.read("file", authority.file);
                   if (!authority.file.empty()) authority.file = (folder / authority.file).string();
                   map.finish();
                   if (!definitions.authorities.emplace(name, authority).second) duplicate(key, name);
                 });
  for_each_entry(file, "certificates", errors,
                 [&](const YAML::Node& key, const YAML::Node& value, const std::string& name) {
                   CertificateSpec certificate;
                   YamlMap map(value, "certificate '" + name + "'", errors);
                   read_certificate(map, certificate, definitions);
                   map.finish();
                   if (name == "none")
                     errors.add(key.Mark(), "'none' stands for no certificate and can't be defined");
                   if (!definitions.certificates.emplace(name, certificate).second) duplicate(key, name);
                 });
  for_each_entry(file, "personalities", errors,
                 [&](const YAML::Node& key, const YAML::Node& value, const std::string& name) {
                   Behaviour behaviour =
                       read_personality(value, "personality '" + name + "'", definitions, errors);
                   if (personality(name))
                     errors.add(key.Mark(), "'" + name + "' is built in and can't be defined again");
                   if (!definitions.personalities.emplace(name, std::move(behaviour)).second)
                     duplicate(key, name);
                 });
}

/// One item of a sequence: a personality's name, or what read_personality takes with `times`.
SequenceItem read_item(const YAML::Node& node, const std::string& what, const Definitions& definitions,
                       YamlErrors& errors) {
  SequenceItem item;
  if (node.IsScalar()) {
    item.behaviour = read_personality(node, what, definitions, errors);
    return item;
  }
  YamlMap map(node, what, errors);
  const YAML::Node base = map.take("base");
  if (base.IsDefined()) find_personality(map, base, item.behaviour, definitions);
  map.read_integer("times", item.times, 1, kMaxTimes);
  read_behaviour(map, item.behaviour, definitions);
  map.finish();
  return item;
}

HostScenario read_host(const YAML::Node& node, const std::string& what, const Definitions& definitions,
                       YamlErrors& errors) {
  if (node.IsScalar()) return HostScenario(read_personality(node, what, definitions, errors));
  YamlMap map(node, what, errors);
  HostScenario host;
  Behaviour behaviour;
  const YAML::Node base = map.take("base");
  if (base.IsDefined()) find_personality(map, base, behaviour, definitions);
  read_behaviour(map, behaviour, definitions);
  host.sequence = {SequenceItem{behaviour, 1}};

  const YAML::Node sequence = map.take("sequence");
  if (sequence.IsDefined()) {
    if (!sequence.IsSequence() || sequence.size() == 0) {
      map.error(sequence, "sequence: expected a list such as [{base: reset_on_accept, times: 2}, healthy]");
    } else {
      host.sequence.clear();
      for (const YAML::Node& item : sequence)
        host.sequence.push_back(read_item(item, what + ": sequence", definitions, errors));
    }
  }
  map.read("repeat", host.repeat);
  map.read_integer("connection_limit", host.connection_limit, 0, 100000);
  static constexpr std::pair<std::string_view, Ending> kEndings[] = {
      {"close", Ending::close}, {"reset", Ending::reset}, {"stall", Ending::stall}};
  map.read_name<Ending>("beyond_limit", host.beyond_limit, kEndings);
  map.finish();
  return host;
}

std::vector<Endpoint> read_endpoints(YamlMap& file, std::string_view key, YamlErrors& errors) {
  std::vector<Endpoint> endpoints;
  const YAML::Node list = file.take(key);
  if (!list.IsDefined()) return endpoints;
  if (!list.IsSequence()) {
    errors.add(list.Mark(), std::string(key) + ": expected a list such as [{address: \"::1\", port: 13389}]");
    return endpoints;
  }
  for (const YAML::Node& item : list) {
    YamlMap map(item, std::string(key), errors);
    Endpoint endpoint;
    map.read("address", endpoint.address);
    map.read_integer("port", endpoint.port, 1, 65535);
    const std::optional<AddressRange> range = AddressRange::parse(endpoint.address);
    if (item.IsMap() && (!range || !range->single()))
      map.error(item, "address: '" + endpoint.address + "' is not an IP address");
    if (item.IsMap() && !map.take("port").IsDefined()) map.error(item, "'port' is missing");
    map.finish();
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

void read_hosts(YamlMap& file, Scenarios& scenarios, const Definitions& definitions, YamlErrors& errors) {
  std::map<std::string, int> seen;
  for_each_entry(
      file, "hosts", errors, [&](const YAML::Node& key, const YAML::Node& value, const std::string& name) {
        const std::optional<AddressRange> range = AddressRange::parse(name);
        if (!range) {
          errors.add(key.Mark(), "hosts: '" + name +
                                     "' is not an address, a range such as 127.0.0.1-127.0.0.20 or a prefix "
                                     "such as 127.1.0.0/16");
          return;
        }
        const auto [first, fresh] = seen.emplace(name, key.Mark().line + 1);
        if (!fresh)
          errors.add(key.Mark(),
                     "hosts: '" + name + "' stands in line " + std::to_string(first->second) + " already");
        scenarios.hosts.emplace_back(*range, read_host(value, "host " + name, definitions, errors));
      });
}

Scenarios read_file(const YAML::Node& root, const std::filesystem::path& folder, YamlErrors& errors) {
  Scenarios scenarios;
  Definitions definitions;
  YamlMap file(root, "scenario file", errors);
  file.read_integer("port", scenarios.port, 0, 65535);
  scenarios.listen = read_endpoints(file, "listen", errors);
  scenarios.full_backlog = read_endpoints(file, "full_backlog", errors);
  file.read("connection_timeout", scenarios.connection_timeout);
  read_definitions(file, definitions, folder, errors);
  read_hosts(file, scenarios, definitions, errors);
  if (root.IsMap() && scenarios.hosts.empty() && errors.empty())
    file.error(root, "'hosts' is missing or empty");
  file.finish();
  scenarios.authorities = std::move(definitions.authorities);
  return scenarios;
}

}  // namespace

ScenarioResult parse_scenarios(const std::string& text, const std::string& path) {
  YamlErrors errors(path);
  try {
    const YAML::Node root = YAML::Load(text);
    Scenarios scenarios = read_file(root, std::filesystem::path(path).parent_path(), errors);
    if (errors.empty()) return scenarios;
  } catch (const YAML::Exception& error) {
    errors.add(error.mark, "YAML: " + error.msg);
  }
  return errors.sorted();
}

ScenarioResult load_scenarios(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) text.assign(std::istreambuf_iterator<char>(file), {});
  if (!file || file.bad()) return ScenarioErrors{path + ": can't be read"};
  if (text.size() > kMaxFileSize) return ScenarioErrors{path + ": longer than 16 MiB"};
  return parse_scenarios(text, path);
}

}  // namespace rdpwatch::sim
