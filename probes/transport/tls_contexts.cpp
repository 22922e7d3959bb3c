#include "probes/transport/tls_contexts.hpp"

#include "probes/transport/crypto_library.hpp"
#include "probes/transport/tls_observer.hpp"

namespace rdpwatch::transport {
namespace {

using handshake::TlsProfile;

// These lists are OpenSSL 3.0's own defaults. They are spelt out because a configuration file that someone
// loaded before us may have changed the defaults.
constexpr const char* kModernCiphers = "DEFAULT:@SECLEVEL=1";
constexpr const char* kLegacyCiphers = "ALL:@SECLEVEL=0";
constexpr const char* kCiphersuites =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
constexpr const char* kGroups =
    "X25519:P-256:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192";
constexpr const char* kSignatureAlgorithms =
    "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ed25519:ed448:"
    "rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:"
    "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
    "RSA+SHA256:RSA+SHA384:RSA+SHA512:ECDSA+SHA224:ECDSA+SHA1:RSA+SHA224:RSA+SHA1:"
    "DSA+SHA224:DSA+SHA1:DSA+SHA256:DSA+SHA384:DSA+SHA512";

/// The longest certificate list taken from a server.
constexpr long kMaxCertificateList = 100L * 1024;

SslCtxPtr make_context(TlsProfile profile) {
  SslCtxPtr context(SSL_CTX_new_ex(crypto_library(), nullptr, TLS_client_method()));
  require_openssl(context != nullptr, "TLS context");
  SSL_CTX* ctx = context.get();
  const bool legacy = profile == TlsProfile::legacy;

  SSL_CTX_clear_options(ctx, ~std::uint64_t{0});
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  if (legacy) {
    // Servers of the TLS 1.0 age neither know RFC 5746 nor like the empty records that OpenSSL puts before
    // data in CBC ciphers.
    SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
  }
  require_openssl(SSL_CTX_set_min_proto_version(ctx, legacy ? TLS1_VERSION : TLS1_2_VERSION) == 1,
                  "minimum version");
  require_openssl(SSL_CTX_set_max_proto_version(ctx, legacy ? TLS1_2_VERSION : TLS1_3_VERSION) == 1,
                  "maximum version");
  require_openssl(SSL_CTX_set_cipher_list(ctx, legacy ? kLegacyCiphers : kModernCiphers) == 1, "cipher list");
  require_openssl(SSL_CTX_set_ciphersuites(ctx, kCiphersuites) == 1, "TLS 1.3 ciphers");
  require_openssl(SSL_CTX_set1_groups_list(ctx, kGroups) == 1, "groups");
  require_openssl(SSL_CTX_set1_sigalgs_list(ctx, kSignatureAlgorithms) == 1, "signature algorithms");

  // A probe must neither resume what another began nor remember it.
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(ctx, 0);
  SSL_CTX_set_quiet_shutdown(ctx, 0);
  SSL_CTX_set_block_padding(ctx, 0);
  SSL_CTX_set_max_cert_list(ctx, kMaxCertificateList);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
  observe_handshakes(ctx);
  return context;
}

}  // namespace

TlsContexts::TlsContexts()
    : modern_(make_context(TlsProfile::modern)), legacy_(make_context(TlsProfile::legacy)) {
  const SslPtr sample(SSL_new(modern_.get()));
  require_openssl(sample != nullptr, "TLS session");
  STACK_OF(SSL_CIPHER)* offered = SSL_get1_supported_ciphers(sample.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(offered); ++i) {
    modern_ciphers_.insert(SSL_CIPHER_get_id(sk_SSL_CIPHER_value(offered, i)));
  }
  sk_SSL_CIPHER_free(offered);
}

SSL_CTX* TlsContexts::get(TlsProfile profile) const {
  return profile == TlsProfile::modern ? modern_.get() : legacy_.get();
}

bool TlsContexts::modern_offers(const SSL_CIPHER& cipher) const {
  return modern_ciphers_.contains(SSL_CIPHER_get_id(&cipher));
}

}  // namespace rdpwatch::transport
