// The healthcheck command: whether the daemon of this machine answers. What it asks is public and it sends no
// secret, so it need not know who answers: the certificate may be self-signed.

#include <ostream>

#include "config/web_config.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/http_client.hpp"
#include "daemon/http/listen_address.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::cli {
namespace {

namespace ip = boost::asio::ip;

constexpr std::chrono::seconds kTimeout{5};

struct Unhealthy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

config::WebConfig web_config(const std::string& file) {
  if (file.empty()) return {};
  config::WebConfigResult result = config::load_web_config(file);
  if (result.errors.empty()) return std::move(result.config);
  std::string text = "the web configuration is not valid";
  for (const config::Error& error : result.errors) text += "; " + config::to_string(error);
  throw Unhealthy(text);
}

/// The URL of the daemon that was told to listen there, for one who is on the same machine.
std::string url_of(const std::string& listen_address, bool tls) {
  const http::ListenAddress address = http::parse_listen_address(listen_address);
  auto endpoint = address.endpoint;
  if (address.every_interface || endpoint.address() == ip::address_v4::any())
    endpoint.address(ip::address_v4::loopback());
  else if (endpoint.address() == ip::address_v6::any())
    endpoint.address(ip::address_v6::loopback());
  const std::string host = endpoint.address().to_string();
  return (tls ? "https://" : "http://") + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

bool wants_certificate(const config::WebConfig& config) {
  return config.tls && (config.tls->policy.client_auth == config::ClientAuth::require_any ||
                        config.tls->policy.client_auth == config::ClientAuth::require_verified);
}

/// What the daemon says, in a few words. Throws for one that is not well.
std::string ask(const std::string& url, const config::WebConfig& config) {
  HttpAnswer answer;
  try {
    answer = http_ask(url, {"GET", "/-/ready", ""}, kTimeout, Https::unverified);
  } catch (const TlsAlert&) {
    if (wants_certificate(config)) return "wants a client's certificate";
    throw;
  }
  if (answer.status == 200) return "ready";
  if (answer.status == 401 && !config.users.empty()) return "wants a password";
  if (answer.status == 429 && config.rate_limit.burst > 0) return "has too many requests";
  throw Unhealthy(url + " answers with status " + std::to_string(answer.status) + ": " +
                  answer.body.substr(0, answer.body.find('\n')));
}

}  // namespace

int healthcheck(const HealthcheckOptions& options, const Streams& streams) {
  try {
    const config::WebConfig config = web_config(options.web_config_file);
    std::vector<std::string> urls;
    if (!options.url.empty()) {
      urls.push_back(options.url);
    } else {
      for (const auto& address : options.listen_addresses)
        urls.push_back(url_of(address, config.tls.has_value()));
    }
    for (const auto& url : urls) {
      const std::string said = ask(url, config);
      streams.out << report::clean(url) << ": " << said << "\n";
    }
    return kOk;
  } catch (const std::runtime_error& error) {
    streams.err << "rdpwatch healthcheck: " << report::clean(error.what()) << "\n";
  }
  return kUnhealthy;
}

}  // namespace rdpwatch::cli
