#pragma once
// One entry of web.probe.allow: what /probe may be asked for besides the inventory's targets.

#include <cstdint>
#include <string>

namespace rdpwatch::config {

struct ProbeAllow {
  enum class Kind : std::uint8_t {
    network,  ///< `host` is its canonical address, `prefix` its length
    name,     ///< `host` is that name, lower case
    suffix    ///< `host` is what stands behind "*", with its dot: names that end so
  };
  Kind kind = Kind::name;
  std::string host;
  int prefix = 0;  ///< 0..32 or 0..128
  std::uint16_t first_port = 3389;
  std::uint16_t last_port = 3389;  ///< at least first_port

  bool operator==(const ProbeAllow&) const = default;
};

/// "10.0.0.0/8", "10.0.0.9:3390", "[2001:db8::/32]:3389-3400", "ts01.example.com", "*.example.com:3390". On
/// error returns false and sets `why` to what is wrong and what is allowed.
bool parse_probe_allow(const std::string& text, ProbeAllow& allow, std::string& why);

}  // namespace rdpwatch::config
