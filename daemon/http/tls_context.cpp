#include "daemon/http/tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace rdpwatch::http {
namespace {

using config::ClientAuth;
using config::TlsVersion;

template <class Type, void (*Free)(Type*)>
struct Freer {
  void operator()(Type* object) const { Free(object); }
};
using X509Ptr = std::unique_ptr<X509, Freer<X509, X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES, GENERAL_NAMES_free>>;
struct BioFreer {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioFreer>;

/// Without cipher_suites: those that Go's servers have, the best first.
constexpr const char* kDefaultSuites =
    "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:"
    "ECDHE-RSA-AES256-SHA";

/// Throws with the reason that OpenSSL queued when `ok` is not 1.
void require(long ok, const std::string& what) {
  if (ok == 1) return;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw std::runtime_error("tls_server_config: " + what + ": " + (reason == nullptr ? "refused" : reason));
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ":").append(name);
  return out;
}

int number_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls10:
      return TLS1_VERSION;
    case TlsVersion::tls11:
      return TLS1_1_VERSION;
    case TlsVersion::tls12:
      return TLS1_2_VERSION;
    case TlsVersion::tls13:
      return TLS1_3_VERSION;
  }
  return TLS1_2_VERSION;
}

int verify_mode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::none:
      return SSL_VERIFY_NONE;
    case ClientAuth::request:
    case ClientAuth::verify_if_given:
      return SSL_VERIFY_PEER;
    case ClientAuth::require_any:
    case ClientAuth::require_verified:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

bool verifies(const config::WebTlsPolicy& policy) {
  return policy.client_auth == ClientAuth::verify_if_given ||
         policy.client_auth == ClientAuth::require_verified;
}

int no_password(char*, int, int, void*) {
  return -1;
}

BioPtr reader_of(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::vector<X509Ptr> certificates_in(const std::string& pem) {
  std::vector<X509Ptr> certificates;
  const BioPtr bio = reader_of(pem);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr))
    certificates.emplace_back(certificate);
  ERR_clear_error();
  return certificates;
}

/// Runs within a handshake, when the client has sent a certificate.
int verify_client(X509_STORE_CTX* store, void* argument) {
  const auto& policy = *static_cast<const config::WebTlsPolicy*>(argument);
  if (!verifies(policy)) return 1;
  if (X509_verify_cert(store) != 1) return 0;
  if (policy.client_allowed_sans.empty() ||
      has_allowed_san(X509_STORE_CTX_get0_cert(store), policy.client_allowed_sans))
    return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

void use_certificate(SSL_CTX* context, const config::WebTlsSettings& settings) {
  const std::vector<X509Ptr> chain = certificates_in(settings.certificate);
  if (chain.empty()) throw std::runtime_error("tls_server_config: the certificate can't be read");
  require(SSL_CTX_use_certificate(context, chain.front().get()), "the certificate");
  for (std::size_t i = 1; i < chain.size(); ++i)
    require(SSL_CTX_add1_chain_cert(context, chain[i].get()), "the certificate's chain");
  const BioPtr bio = reader_of(settings.key);
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  require(key != nullptr, "the key");
  require(SSL_CTX_use_PrivateKey(context, key.get()), "the key");
}

void use_protocol(SSL_CTX* context, const config::WebTlsPolicy& policy) {
  require(SSL_CTX_set_min_proto_version(context, number_of(policy.min_version)), "min_version");
  require(SSL_CTX_set_max_proto_version(context, number_of(policy.max_version)), "max_version");
  std::string suites = policy.cipher_suites.empty() ? kDefaultSuites : joined(policy.cipher_suites);
  // TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL allows on this level only.
  if (policy.min_version < TlsVersion::tls12) suites += ":@SECLEVEL=0";
  require(SSL_CTX_set_cipher_list(context, suites.c_str()), "cipher_suites");
  if (!policy.curves.empty())
    require(SSL_CTX_set1_groups_list(context, joined(policy.curves).c_str()), "curve_preferences");
  // Every connection shows its certificate anew, so a policy that changes holds for the next one.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_num_tickets(context, 0), "tickets");
  std::uint64_t options = SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
  if (policy.prefer_server_cipher_suites) options |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  SSL_CTX_set_options(context, options);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

/// `policy` must live as long as the context.
void use_clients(SSL_CTX* context, const config::WebTlsPolicy& policy) {
  for (const X509Ptr& authority : certificates_in(policy.client_ca)) {
    require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()), "client_ca");
    require(SSL_CTX_add_client_CA(context, authority.get()), "client_ca");
  }
  SSL_CTX_set_verify(context, verify_mode(policy.client_auth), nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_client, const_cast<config::WebTlsPolicy*>(&policy));
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  const int length = ASN1_STRING_length(bytes);
  if (length == 4 || length == 16)
    inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(bytes), text, sizeof text);
  return text;
}

std::string san_text(const GENERAL_NAME* name) {
  int type = 0;
  const void* value = GENERAL_NAME_get0_value(name, &type);
  if (type == GEN_IPADD) return address_of(static_cast<const ASN1_OCTET_STRING*>(value));
  if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI)
    return text_of(static_cast<const ASN1_STRING*>(value));
  return "";
}

}  // namespace

bool has_allowed_san(const X509* certificate, const std::vector<std::string>& allowed) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string san = san_text(sk_GENERAL_NAME_value(names.get(), i));
    if (!san.empty() && std::find(allowed.begin(), allowed.end(), san) != allowed.end()) return true;
  }
  return false;
}

TlsContext::TlsContext(const config::WebTlsSettings& settings)
    : policy_(settings.policy), context_(SSL_CTX_new(TLS_server_method())) {
  SSL_CTX* context = context_.native_handle();
  use_protocol(context, policy_);
  use_certificate(context, settings);
  use_clients(context, policy_);
}

bool TlsContext::verifies_clients() const {
  return verifies(policy_);
}

}  // namespace rdpwatch::http
