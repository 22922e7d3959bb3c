#pragma once
// Access: who may come in, as the file of --web.config.file says. The file and those it names are looked at
// before each request and each connection, so an edit takes effect at once and without a restart.
//
// Runs on the server's thread, besides the constructor.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/web_config.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/password_checker.hpp"
#include "daemon/http/tls_context.hpp"
#include "daemon/http/token_bucket.hpp"

namespace rdpwatch::http {

struct AccessSettings {
  config::WebConfig config;
  std::shared_ptr<TlsContext> tls;  ///< null: plain HTTP
};

struct LoadedAccess {
  std::shared_ptr<const AccessSettings> settings;  ///< null when there are errors
  std::vector<std::string> errors;                 ///< "file:line:column: message"
  std::vector<config::FileStamp> sources;
};

/// Reads the file and what it names. Never throws for bad input.
LoadedAccess load_access(const std::string& file);

struct Admission {
  std::optional<Response> refusal;  ///< the answer, when the request goes no further
  bool authenticated = false;       ///< by a password or a verified certificate
};

class Access {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  /// Called after each time that the changed file was read; the errors are empty when it is good.
  using Told = std::function<void(const AccessSettings& in_force, const std::vector<std::string>& errors)>;

  /// Throws std::runtime_error with all errors when the file is bad.
  Access(boost::asio::io_context& io, std::string file, Told told,
         Clock clock = std::chrono::steady_clock::now);

  /// What holds now: of a file that has become bad, its last good content.
  const std::shared_ptr<const AccessSettings>& settings();

  /// Before each request: the file must be good, the rate limit must allow it, and whoever asks must be known
  /// where the file has users. `authorization`: the header, "" without one.
  boost::asio::awaitable<Admission> admit(std::string authorization, bool verified_certificate);

 private:
  void refresh();
  boost::asio::awaitable<PasswordVerdict> check(std::string authorization);

  std::string file_;
  Told told_;
  Clock clock_;
  std::shared_ptr<const AccessSettings> settings_;
  bool good_ = true;
  std::vector<config::FileStamp> sources_;
  std::optional<TokenBucket> bucket_;
  PasswordChecker passwords_;
};

}  // namespace rdpwatch::http
