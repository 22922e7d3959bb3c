#pragma once
// The parts of a scenario file that say how a host behaves.

#include <map>
#include <string>

#include "tests/sim/scenario.hpp"
#include "tests/sim/yaml_map.hpp"

namespace rdpwatch::sim {

/// What names in the file refer to.
struct Definitions {
  std::map<std::string, AuthoritySpec> authorities;
  std::map<std::string, CertificateSpec> certificates;
  std::map<std::string, Behaviour> personalities;  ///< the file's own; the built-in ones are known besides
};

void read_certificate(YamlMap& map, CertificateSpec& certificate, const Definitions& definitions);
void read_negotiation(YamlMap& parent, Negotiation& negotiation);
void read_nla(YamlMap& parent, NlaSpec& nla);
void read_session(YamlMap& parent, SessionSpec& session);

/// Changes `behaviour` by the keys that the map has.
void read_behaviour(YamlMap& map, Behaviour& behaviour, const Definitions& definitions);

/// The personality of that name, the file's own or a built-in one; else an error at `node`.
void find_personality(YamlMap& map, const YAML::Node& node, Behaviour& behaviour,
                      const Definitions& definitions);

/// A personality's name, or a map with `base` and what differs from it.
Behaviour read_personality(const YAML::Node& node, const std::string& what, const Definitions& definitions,
                           YamlErrors& errors);

}  // namespace rdpwatch::sim
