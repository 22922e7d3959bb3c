#include "daemon/fleet/fingerprint.hpp"

#include <boost/algorithm/hex.hpp>
#include <charconv>
#include <iterator>

namespace rdpwatch::fleet {

Fingerprint fingerprint_of(std::string_view hex) {
  Fingerprint fingerprint{};
  for (std::size_t i = 0; i < fingerprint.size() && 2 * i + 2 <= hex.size(); ++i) {
    const char* digits = hex.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, fingerprint[i], 16).ptr != digits + 2) return fingerprint;
  }
  return fingerprint;
}

std::string hex(const Fingerprint& fingerprint) {
  std::string digits;
  boost::algorithm::hex_lower(fingerprint.begin(), fingerprint.end(), std::back_inserter(digits));
  return digits;
}

}  // namespace rdpwatch::fleet
