#pragma once
// One request to a daemon's web server, for the commands. Plain HTTP, and TLS where nothing depends on who
// answers.

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace rdpwatch::cli {

/// what() is a sentence for people: what went wrong, and what to do about it.
class HttpError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The other side has ended TLS with an alert: it is there, and does not want this client.
class TlsAlert : public HttpError {
 public:
  using HttpError::HttpError;
};

/// What a https:// address means.
enum class Https : std::uint8_t {
  refused,    ///< an error
  unverified  ///< any certificate will do, and any version of TLS
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

struct HttpQuestion {
  std::string method;  ///< "GET", "POST" ...
  std::string target;  ///< begins with a slash
  std::string body;    ///< JSON; empty for none
};

/// More than any page of the API has.
inline constexpr std::size_t kMostAnswerBytes = 64 * 1024 * 1024;

/// `base` is http://host, http://host:port or either with a path in front of the API's; the default port is
/// 80, of https:// 443. Everything together takes `timeout` at most, except for the system's own look-up of a
/// name. Throws HttpError for a base that is no such URL, when nobody answers in time, and for an answer that
/// is none or is longer than kMostAnswerBytes.
HttpAnswer http_ask(const std::string& base, const HttpQuestion& question, std::chrono::seconds timeout,
                    Https https = Https::refused);

}  // namespace rdpwatch::cli
