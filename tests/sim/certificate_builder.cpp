#include "tests/sim/certificate_builder.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace rdpwatch::sim {

namespace {

constexpr std::int64_t kDay = 86400;
// The certificates that Windows makes for itself are valid for 183 days.
constexpr std::int64_t kUsualLifetime = 183 * kDay;

using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OpensslDeleter<&ASN1_INTEGER_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, OpensslDeleter<&ASN1_TIME_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<&GENERAL_NAMES_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpensslDeleter<&X509_EXTENSION_free>>;

void check(bool ok, const std::string& what) {
  if (!ok) throw_openssl(what);
}

std::int64_t random_serial() {
  std::uint64_t value = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof(value)) == 1, "no random serial number");
  return static_cast<std::int64_t>(value >> 1U) | 1;
}

void set_serial(X509* certificate, std::int64_t serial) {
  const IntegerPtr number(ASN1_INTEGER_new());
  check(number && ASN1_INTEGER_set_int64(number.get(), serial) == 1 &&
            X509_set_serialNumber(certificate, number.get()) == 1,
        "the serial number can't be set");
}

void set_validity(X509* certificate, std::int64_t not_before, std::int64_t not_after) {
  const TimePtr from(ASN1_TIME_set(nullptr, not_before));
  const TimePtr to(ASN1_TIME_set(nullptr, not_after));
  check(from && to && X509_set1_notBefore(certificate, from.get()) == 1 &&
            X509_set1_notAfter(certificate, to.get()) == 1,
        "the validity can't be set");
}

void set_subject(X509* certificate, const std::string& common_name) {
  if (common_name.empty()) return;
  check(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1,
        "the common name '" + common_name + "' can't be used");
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
        std::string("the extension ") + OBJ_nid2sn(nid) + " can't be '" + value + "'");
}

void add_list_extension(X509* certificate, int nid, const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ",") + value;
  if (!joined.empty()) add_extension(certificate, nid, joined);
}

// Not by X509V3_EXT_conf_nid: its syntax would give a comma or colon in a name a meaning.
void add_sans(X509* certificate, const std::vector<std::string>& sans) {
  if (sans.empty()) return;
  const NamesPtr names(GENERAL_NAMES_new());
  check(names != nullptr, "no memory for names");
  for (const std::string& san : sans) {
    ASN1_OCTET_STRING* address = a2i_IPADDRESS(san.c_str());
    GENERAL_NAME* name = GENERAL_NAME_new();
    if (address != nullptr) {
      GENERAL_NAME_set0_value(name, GEN_IPADD, address);
    } else {
      ASN1_IA5STRING* text = ASN1_IA5STRING_new();
      ASN1_STRING_set(text, san.data(), static_cast<int>(san.size()));
      GENERAL_NAME_set0_value(name, GEN_DNS, text);
    }
    sk_GENERAL_NAME_push(names.get(), name);
  }
  check(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1,
        "the names of the certificate can't be set");
}

X509Ptr start(EVP_PKEY* key, const std::string& common_name, std::int64_t serial) {
  X509Ptr certificate(X509_new());
  check(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
            X509_set_pubkey(certificate.get(), key) == 1,
        "no certificate");
  set_serial(certificate.get(), serial);
  set_subject(certificate.get(), common_name);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key, const std::string& digest) {
  const X509_NAME* name = X509_get_subject_name(issuer != nullptr ? issuer : certificate);
  check(X509_set_issuer_name(certificate, name) == 1, "the issuer can't be set");
  const EVP_MD* md = EVP_get_digestbyname(digest.c_str());
  check(md != nullptr && X509_sign(certificate, key, md) > 0, "a certificate can't be signed with " + digest);
}

}  // namespace

void throw_openssl(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  throw std::runtime_error(reason != nullptr ? what + ": " + reason : what);
}

KeyPtr make_key(const std::string& kind) {
  const std::string type = kind.substr(0, kind.find('/'));
  KeyPtr key;
  if (type.starts_with("rsa")) {
    key.reset(EVP_RSA_gen(static_cast<unsigned>(std::stoul(type.substr(3)))));
  } else {
    key.reset(EVP_EC_gen(("P-" + type.substr(2)).c_str()));
  }
  check(key != nullptr, "a key of kind " + type + " can't be made");
  return key;
}

X509Ptr build_certificate(const CertificateSpec& spec, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  X509Ptr certificate = start(key, spec.common_name, spec.serial ? *spec.serial : random_serial());
  const std::int64_t now = std::time(nullptr);
  const std::int64_t not_after = spec.not_after.value_or(now + std::llround(spec.days_left * kDay));
  const std::int64_t not_before = spec.not_before.value_or(std::min(not_after - kUsualLifetime, now - 3600));
  set_validity(certificate.get(), not_before, not_after);
  add_list_extension(certificate.get(), NID_ext_key_usage, spec.eku);
  add_list_extension(certificate.get(), NID_key_usage, spec.key_usage);
  add_sans(certificate.get(), spec.sans);
  sign(certificate.get(), issuer, issuer != nullptr ? issuer_key : key, spec.digest);
  return certificate;
}

X509Ptr build_authority(const AuthoritySpec& spec, EVP_PKEY* key) {
  X509Ptr certificate = start(key, spec.common_name, random_serial());
  const std::int64_t now = std::time(nullptr);
  set_validity(certificate.get(), now - kDay, now + 3650 * kDay);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate.get(), NID_subject_key_identifier, "hash");
  sign(certificate.get(), nullptr, key, "sha256");
  return certificate;
}

void write_pem(X509* certificate, const std::string& file) {
  const std::string fresh = file + ".new";
  const std::unique_ptr<BIO, OpensslDeleter<&BIO_free_all>> out(BIO_new_file(fresh.c_str(), "w"));
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1 || BIO_flush(out.get()) != 1 ||
      std::rename(fresh.c_str(), file.c_str()) != 0) {
    throw_openssl("the authority's certificate can't be written to " + file);
  }
}

}  // namespace rdpwatch::sim
