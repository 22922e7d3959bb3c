// What the probes' own choice of OpenSSL's algorithms must not take away.

#include "probes/transport/crypto_library.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "probes/transport/openssl_ptr.hpp"
#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport {
namespace {

/// The cipher suites of a client that takes everything; nothing of the process's configuration, as the test
/// sets none.
std::vector<std::string> all_ciphers(OSSL_LIB_CTX* library) {
  const SslCtxPtr context(SSL_CTX_new_ex(library, nullptr, TLS_client_method()));
  EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), 1);
  std::vector<std::string> names;
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i)
    names.emplace_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
  return names;
}

TEST(CryptoLibrary, HasEveryCipherSuiteThatOpensslHas) {
  OSSL_LIB_CTX* whole = OSSL_LIB_CTX_new();
  const auto expected = all_ciphers(whole);
  OSSL_LIB_CTX_free(whole);
  EXPECT_GT(expected.size(), 100u);
  EXPECT_EQ(all_ciphers(crypto_library()), expected);
}

TEST(CryptoLibrary, DecodesThePublicKeysThatCertificatesHave) {
  for (const auto* kind : {"RSA 2048", "EC P-256", "EC P-384", "EC P-521", "ED25519", "ED448", "DSA 1024"}) {
    rdpwatch::test::CertificateSpec spec;
    spec.key = kind;
    if (std::string(kind).starts_with("ED")) spec.digest = "";
    const X509Ptr decoded = rdpwatch::test::make_certificate(spec);
    const EVP_PKEY* key = X509_get0_pubkey(decoded.get());
    ASSERT_NE(key, nullptr) << kind;
    EXPECT_EQ(EVP_PKEY_eq(key, rdpwatch::test::test_key(kind)), 1) << kind;
  }
}

}  // namespace
}  // namespace rdpwatch::transport
