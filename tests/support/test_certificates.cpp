#include "tests/support/test_certificates.hpp"

#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "probes/transport/crypto_library.hpp"

namespace rdpwatch::test {
namespace {

using transport::BioPtr;
using transport::crypto_library;
using transport::PkeyPtr;
using transport::X509Ptr;

void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "test certificate: %s failed\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

PkeyPtr generate(const std::string& kind) {
  const std::string type = kind.substr(0, kind.find(' '));
  const std::string detail = kind.size() > type.size() ? kind.substr(type.size() + 1) : "";
  EVP_PKEY* key = nullptr;
  if (type == "RSA") {
    key = EVP_PKEY_Q_keygen(crypto_library(), nullptr, "RSA", static_cast<std::size_t>(std::stoi(detail)));
  } else if (type == "EC") {
    key = EVP_PKEY_Q_keygen(crypto_library(), nullptr, "EC", detail.c_str());
  } else if (type == "DSA") {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(crypto_library(), "DSA", nullptr);
    EVP_PKEY* parameters = nullptr;
    must(EVP_PKEY_paramgen_init(context) == 1, "DSA");
    must(EVP_PKEY_CTX_set_dsa_paramgen_bits(context, std::stoi(detail)) == 1, "DSA bits");
    must(EVP_PKEY_paramgen(context, &parameters) == 1, "DSA parameters");
    EVP_PKEY_CTX_free(context);
    const PkeyPtr owned(parameters);
    context = EVP_PKEY_CTX_new_from_pkey(crypto_library(), parameters, nullptr);
    must(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_keygen(context, &key) == 1, "DSA key");
    EVP_PKEY_CTX_free(context);
  } else {
    key = EVP_PKEY_Q_keygen(crypto_library(), nullptr, type.c_str());
  }
  must(key != nullptr, kind.c_str());
  return PkeyPtr(key);
}

void set_name(X509_NAME* name, const std::vector<NameEntry>& entries) {
  for (const NameEntry& entry : entries) {
    // A type given outright lets the bytes contradict it.
    ASN1_OBJECT* field = OBJ_txt2obj(entry.field.c_str(), 0);
    must(field != nullptr, "name field");
    X509_NAME_ENTRY* made = X509_NAME_ENTRY_create_by_OBJ(
        nullptr, field, V_ASN1_OCTET_STRING, reinterpret_cast<const unsigned char*>(entry.value.data()),
        static_cast<int>(entry.value.size()));
    must(made != nullptr, "name entry");
    X509_NAME_ENTRY_get_data(made)->type = entry.string_type;
    must(X509_NAME_add_entry(name, made, -1, 0) == 1, "name");
    X509_NAME_ENTRY_free(made);
    ASN1_OBJECT_free(field);
  }
}

void set_serial(X509* certificate, const std::string& hex) {
  BIGNUM* number = nullptr;
  must(BN_hex2bn(&number, hex.c_str()) > 0, "serial");
  ASN1_INTEGER* serial = BN_to_ASN1_INTEGER(number, nullptr);
  must(serial != nullptr && X509_set_serialNumber(certificate, serial) == 1, "serial");
  ASN1_INTEGER_free(serial);
  BN_free(number);
}

void set_time(ASN1_TIME* time, const std::string& text) {
  // The bytes as they are: a test may want an impossible date.
  must(ASN1_STRING_set(time, text.data(), static_cast<int>(text.size())) == 1, "date");
  time->type = text.size() > 13 ? V_ASN1_GENERALIZEDTIME : V_ASN1_UTCTIME;
}

void add_extensions(X509* certificate, X509* issuer, const CertificateSpec& spec) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [name, value] : spec.extensions) {
    X509_EXTENSION* extension = X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str());
    must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, name.c_str());
    X509_EXTENSION_free(extension);
  }
  for (const auto& [oid, der] : spec.raw_extensions) {
    ASN1_OBJECT* object = OBJ_txt2obj(oid.c_str(), 1);
    ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>(der.data()),
                          static_cast<int>(der.size()));
    X509_EXTENSION* extension = X509_EXTENSION_create_by_OBJ(nullptr, object, 0, value);
    must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, oid.c_str());
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
  }
}

}  // namespace

EVP_PKEY* test_key(const std::string& kind) {
  static std::map<std::string, PkeyPtr>* const keys = new std::map<std::string, PkeyPtr>;
  PkeyPtr& key = (*keys)[kind];
  if (key == nullptr) key = generate(kind);
  return key.get();
}

X509Ptr make_certificate(const CertificateSpec& spec) {
  const X509Ptr certificate(X509_new_ex(crypto_library(), nullptr));
  X509* made = certificate.get();
  must(X509_set_version(made, X509_VERSION_3) == 1, "version");
  set_serial(made, spec.serial);
  set_name(X509_get_subject_name(made), spec.subject);
  X509* issuer = spec.issuer == nullptr ? made : spec.issuer;
  must(X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1, "issuer");
  set_time(X509_getm_notBefore(made), spec.not_before);
  set_time(X509_getm_notAfter(made), spec.not_after);
  must(X509_set_pubkey(made, test_key(spec.key)) == 1, "key");
  add_extensions(made, issuer, spec);
  EVP_MD* digest =
      spec.digest.empty() ? nullptr : EVP_MD_fetch(crypto_library(), spec.digest.c_str(), nullptr);
  must(spec.digest.empty() == (digest == nullptr), "digest");
  must(X509_sign(made, test_key(spec.issuer_key.empty() ? spec.key : spec.issuer_key), digest) > 0,
       "signing");
  EVP_MD_free(digest);
  return certificate_from_der(der_of(made));
}

std::string der_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  must(size > 0, "encoding");
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

X509Ptr certificate_from_der(const std::string& der) {
  X509* certificate = X509_new_ex(crypto_library(), nullptr);
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  must(d2i_X509(&certificate, &bytes, static_cast<long>(der.size())) != nullptr, "decoding");
  return X509Ptr(certificate);
}

std::string pem_of(X509* certificate) {
  const BioPtr memory(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(memory.get(), certificate) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

X509Ptr patched(X509* certificate, const std::string& from, const std::string& to) {
  std::string der = der_of(certificate);
  const std::size_t at = der.find(from);
  must(at != std::string::npos && from.size() == to.size(), "patch");
  der.replace(at, to.size(), to);
  return certificate_from_der(der);
}

}  // namespace rdpwatch::test
