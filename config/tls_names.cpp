#include "config/tls_names.hpp"

#include <algorithm>

namespace rdpwatch::config {

const std::vector<TlsName>& cipher_suite_names() {
  static const std::vector<TlsName> table = {
      {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", true},
      {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", true},
      {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", true},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
      {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
      {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
      {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
      {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
      {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
  };
  return table;
}

const std::vector<TlsName>& curve_names() {
  static const std::vector<TlsName> table = {
      {"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}};
  return table;
}

const TlsName* find_tls_name(const std::vector<TlsName>& table, std::string_view go) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const TlsName& row) { return row.go == go; });
  return found == table.end() ? nullptr : &*found;
}

std::vector<std::string> go_names(const std::vector<TlsName>& table) {
  std::vector<std::string> names;
  for (const TlsName& row : table) names.emplace_back(row.go);
  return names;
}

}  // namespace rdpwatch::config
