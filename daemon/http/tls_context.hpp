#pragma once
// TlsContext: what a connection needs to speak TLS as the web configuration says.

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>

#include "config/web_config.hpp"

namespace rdpwatch::http {

class TlsContext {
 public:
  /// Throws std::runtime_error with one line of what OpenSSL refuses: a key that is too small, for example.
  explicit TlsContext(const config::WebTlsSettings& settings);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  boost::asio::ssl::context& context() { return context_; }
  const config::WebTlsPolicy& policy() const { return policy_; }
  /// Whether client certificates that come in are verified.
  bool verifies_clients() const;

 private:
  config::WebTlsPolicy policy_;
  boost::asio::ssl::context context_;
};

/// Whether one of the certificate's subject alternative names is one of `allowed`: DNS names, e-mail
/// addresses and URIs as they stand, IP addresses in canonical form.
bool has_allowed_san(const X509* certificate, const std::vector<std::string>& allowed);

}  // namespace rdpwatch::http
