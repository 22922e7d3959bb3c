#pragma once
// The names that Go's TLS has for versions, cipher suites and curves, and OpenSSL's for the same.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::config {

struct TlsName {
  std::string_view go;
  std::string_view openssl;
  bool tls13 = false;  ///< a suite of TLS 1.3, which can't be chosen
};

/// The suites that Go calls secure.
const std::vector<TlsName>& cipher_suite_names();
const std::vector<TlsName>& curve_names();

/// The row with that name of Go's, or null.
const TlsName* find_tls_name(const std::vector<TlsName>& table, std::string_view go);
/// The names of Go's in the table.
std::vector<std::string> go_names(const std::vector<TlsName>& table);

}  // namespace rdpwatch::config
