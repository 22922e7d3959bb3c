#include "daemon/http/access.hpp"

#include <algorithm>
#include <stdexcept>

#include "daemon/http/basic_credentials.hpp"
#include "daemon/http/bcrypt.hpp"

namespace rdpwatch::http {

namespace asio = boost::asio;

namespace {

bool is_unchanged(const config::FileStamp& stamp) {
  return config::stamp_of(stamp.path) == stamp;
}

std::optional<TokenBucket> bucket_of(const config::WebRateLimit& limit) {
  if (limit.interval.count() == 0) return std::nullopt;
  return TokenBucket(limit.interval, limit.burst);
}

Response unauthorized() {
  Response response = text_response(401, "a user name and its password are needed here");
  response.headers.emplace_back("WWW-Authenticate", "Basic");
  return response;
}

Response later(unsigned status, std::string_view text) {
  Response response = text_response(status, text);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

LoadedAccess load_access(const std::string& file) {
  LoadedAccess loaded;
  config::WebConfigResult result = config::load_web_config(file);
  loaded.sources = std::move(result.sources);
  for (const config::Error& error : result.errors) loaded.errors.push_back(config::to_string(error));
  if (!loaded.errors.empty()) return loaded;
  auto settings = std::make_shared<AccessSettings>();
  settings->config = std::move(result.config);
  try {
    if (settings->config.tls) settings->tls = std::make_shared<TlsContext>(*settings->config.tls);
  } catch (const std::exception& error) {
    loaded.errors.push_back(file + ":0:0: " + error.what());
    return loaded;
  }
  settings->config.tls.reset();  // The key is in the context alone.
  loaded.settings = std::move(settings);
  return loaded;
}

Access::Access(asio::io_context& io, std::string file, Told told, Clock clock)
    : file_(std::move(file)), told_(std::move(told)), clock_(std::move(clock)), passwords_(io) {
  LoadedAccess loaded = load_access(file_);
  if (!loaded.settings) {
    std::string text;
    for (const std::string& error : loaded.errors) text.append(text.empty() ? "" : "\n").append(error);
    throw std::runtime_error(text);
  }
  settings_ = std::move(loaded.settings);
  sources_ = std::move(loaded.sources);
  bucket_ = bucket_of(settings_->config.rate_limit);
}

const std::shared_ptr<const AccessSettings>& Access::settings() {
  refresh();
  return settings_;
}

void Access::refresh() {
  if (std::all_of(sources_.begin(), sources_.end(), is_unchanged)) return;
  LoadedAccess loaded = load_access(file_);
  sources_ = std::move(loaded.sources);
  good_ = loaded.settings != nullptr;
  if (good_) {
    const bool same_limit = loaded.settings->config.rate_limit == settings_->config.rate_limit;
    settings_ = std::move(loaded.settings);
    if (!same_limit) bucket_ = bucket_of(settings_->config.rate_limit);
  }
  told_(*settings_, loaded.errors);
}

asio::awaitable<Admission> Access::admit(std::string authorization, bool verified_certificate) {
  refresh();
  Admission admission;
  if (!good_) {
    admission.refusal = text_response(500, "the web configuration is not valid; the log says why");
    co_return admission;
  }
  if (bucket_ && !bucket_->take(clock_())) {
    admission.refusal = later(429, "too many requests; try again later");
    co_return admission;
  }
  admission.authenticated = verified_certificate;
  if (settings_->config.users.empty()) co_return admission;
  const PasswordVerdict verdict = co_await check(std::move(authorization));
  switch (verdict) {
    case PasswordVerdict::right:
      admission.authenticated = true;
      break;
    case PasswordVerdict::wrong:
      admission.refusal = unauthorized();
      break;
    case PasswordVerdict::busy:
      admission.refusal = later(503, "too many passwords are being checked; try again later");
      break;
  }
  co_return admission;
}

asio::awaitable<PasswordVerdict> Access::check(std::string authorization) {
  const std::optional<BasicCredentials> credentials = basic_credentials(authorization);
  if (!credentials) co_return PasswordVerdict::wrong;
  const auto& users = settings_->config.users;
  const auto user = users.find(credentials->user);
  const bool exists = user != users.end();
  // Somebody who does not exist costs the same time, so that time does not tell who exists.
  std::string hash = exists ? user->second : bcrypt_hash_of_nobody(users.begin()->second);
  const PasswordVerdict verdict =
      co_await passwords_.check(credentials->user, std::move(hash), credentials->password);
  co_return verdict == PasswordVerdict::right && !exists ? PasswordVerdict::wrong : verdict;
}

}  // namespace rdpwatch::http
