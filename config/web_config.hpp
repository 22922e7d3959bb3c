#pragma once
// The file of --web.config.file, in the format that Prometheus's exporters share: TLS, passwords, headers and
// a rate limit for our own web server. Strict YAML -> WebConfig, or every error at once.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/file_stamp.hpp"
#include "config/load.hpp"

namespace rdpwatch::config {

enum class ClientAuth {
  none,             ///< NoClientCert
  request,          ///< RequestClientCert: asked for, any or none will do
  require_any,      ///< RequireAnyClientCert: one that nobody checks
  verify_if_given,  ///< VerifyClientCertIfGiven
  require_verified  ///< RequireAndVerifyClientCert
};

enum class TlsVersion { tls10, tls11, tls12, tls13 };

/// Who may come in and how. A connection made under another policy is not used any longer.
struct WebTlsPolicy {
  std::string client_ca;  ///< PEM
  ClientAuth client_auth = ClientAuth::none;
  std::vector<std::string> client_allowed_sans;  ///< empty: any; IP addresses in canonical form
  TlsVersion min_version = TlsVersion::tls12;
  TlsVersion max_version = TlsVersion::tls13;
  std::vector<std::string> cipher_suites;  ///< of TLS 1.2 and before, OpenSSL's names; empty: its defaults
  bool prefer_server_cipher_suites = true;
  std::vector<std::string> curves;  ///< OpenSSL's names, the most wanted first; empty: its defaults

  bool operator==(const WebTlsPolicy&) const = default;
};

struct WebTlsSettings {
  std::string certificate;  ///< PEM, with its chain
  std::string key;          ///< PEM; belongs to the certificate
  WebTlsPolicy policy;
};

struct WebRateLimit {
  std::chrono::milliseconds interval{0};  ///< 0 (no limit) or 1ms..1h: the time after which one more may come
  int burst = 0;                          ///< 1..1000000 at once

  bool operator==(const WebRateLimit&) const = default;
};

struct WebConfig {
  std::optional<WebTlsSettings> tls;                         ///< none: plain HTTP
  std::map<std::string, std::string> users;                  ///< name -> bcrypt hash; empty: no passwords
  std::vector<std::pair<std::string, std::string>> headers;  ///< of every response
  WebRateLimit rate_limit;
  bool http2_set = false;  ///< http2 is in the file; it has no effect
};

struct WebConfigResult {
  WebConfig config;                ///< of use only without errors
  std::vector<Error> errors;       ///< sorted by position; secrets are in none
  std::vector<FileStamp> sources;  ///< every file that was read or looked for, as it was before
};

/// The largest file of this kind: it is read between two requests.
inline constexpr std::size_t kLargestWebConfig = 256u << 10;

/// Relative paths in the file are resolved against its directory. Never throws for bad input.
WebConfigResult load_web_config(const std::string& path);

/// A bcrypt hash of a form that can be checked: $2a$, $2b$ or $2y$, cost 04 to 15, 22 characters of salt and
/// 31 of digest.
bool is_bcrypt_hash(std::string_view text);

}  // namespace rdpwatch::config
