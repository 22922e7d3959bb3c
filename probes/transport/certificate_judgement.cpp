#include "probes/transport/certificate_judgement.hpp"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <memory>
#include <new>
#include <string_view>

#include "probes/transport/certificate_names.hpp"
#include "probes/transport/crypto_library.hpp"

namespace rdpwatch::transport {
namespace {

using handshake::CertificateFacts;
using handshake::CertificateProblem;

constexpr int kMinRsaBits = 2048;  // DSA as well
constexpr int kMinEcBits = 224;
/// Remote Desktop Authentication, which Windows' own templates use instead of serverAuth.
constexpr std::string_view kRemoteDesktopAuthentication = "1.3.6.1.4.1.311.54.1.2";

using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, OpensslDeleter<EXTENDED_KEY_USAGE_free>>;

void free_borrowed_stack(STACK_OF(X509) * stack) {
  sk_X509_free(stack);
}
using BorrowedStackPtr = std::unique_ptr<STACK_OF(X509), OpensslDeleter<free_borrowed_stack>>;

bool is_weak_key(const CertificateFacts& facts) {
  if (facts.key_bits == 0) return false;  // not decoded, so not known
  if (facts.key_type == "EC") return facts.key_bits < kMinEcBits;
  const bool by_size = facts.key_type == "RSA" || facts.key_type == "RSA-PSS" || facts.key_type == "DSA";
  return by_size && facts.key_bits < kMinRsaBits;
}

bool is_weak_signature(X509* leaf) {
  int digest = NID_undef;
  // The first knows RSA-PSS's parameters, the second algorithms that OpenSSL can't check any more.
  if (X509_get_signature_info(leaf, &digest, nullptr, nullptr, nullptr) != 1 || digest == NID_undef) {
    OBJ_find_sigid_algs(X509_get_signature_nid(leaf), &digest, nullptr);
  }
  return digest == NID_md2 || digest == NID_md4 || digest == NID_md5 || digest == NID_sha ||
         digest == NID_sha1 || digest == NID_md5_sha1;
}

bool lacks_server_usage(const X509* leaf) {
  const int index = X509_get_ext_by_NID(leaf, NID_ext_key_usage, -1);
  if (index < 0) return false;
  const UsagesPtr usages(static_cast<EXTENDED_KEY_USAGE*>(X509V3_EXT_d2i(X509_get_ext(leaf, index))));
  for (int i = 0; usages != nullptr && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    const ASN1_OBJECT* usage = sk_ASN1_OBJECT_value(usages.get(), i);
    const int id = OBJ_obj2nid(usage);
    if (id == NID_server_auth || id == NID_anyExtendedKeyUsage) return false;
    if (dotted_oid(usage) == kRemoteDesktopAuthentication) return false;
  }
  return true;
}

bool mismatches(X509* leaf, std::string name) {
  if (name.back() == '.') name.pop_back();
  // OpenSSL takes a leading dot for "any name below", which is not what a host is called.
  if (name.empty() || name.front() == '.') return true;
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  const bool is_address = address != nullptr;
  ASN1_OCTET_STRING_free(address);
  if (is_address) return X509_check_ip_asc(leaf, name.c_str(), 0) != 1;
  return X509_check_host(leaf, name.data(), name.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) != 1;
}

/// The leaf's own dates are problems of their own.
int pass_leaf_dates(int ok, X509_STORE_CTX* context) {
  if (ok != 0 || X509_STORE_CTX_get_error_depth(context) != 0) return ok;
  const int error = X509_STORE_CTX_get_error(context);
  const bool date = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID ||
                    error == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD ||
                    error == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
  return date ? 1 : 0;
}

bool is_untrusted(X509* leaf, const Expectation& expectation) {
  const BorrowedStackPtr chain(sk_X509_new_null());
  const X509StoreCtxPtr context(X509_STORE_CTX_new_ex(crypto_library(), nullptr));
  if (chain == nullptr || context == nullptr) throw std::bad_alloc();
  for (const X509Ptr& certificate : expectation.chain) sk_X509_push(chain.get(), certificate.get());
  if (X509_STORE_CTX_init(context.get(), expectation.trust_store, leaf, chain.get()) != 1)
    throw std::bad_alloc();
  X509_STORE_CTX_set_time(context.get(), 0, std::chrono::system_clock::to_time_t(expectation.now));
  X509_STORE_CTX_set_verify_cb(context.get(), pass_leaf_dates);
  return X509_verify_cert(context.get()) != 1;
}

}  // namespace

std::vector<CertificateProblem> judge(X509* leaf, const CertificateFacts& facts,
                                      const Expectation& expectation) {
  std::vector<CertificateProblem> problems;
  const auto note = [&problems](bool holds, CertificateProblem problem) {
    if (holds) problems.push_back(problem);
  };
  note(facts.not_after < expectation.now, CertificateProblem::expired);
  note(expectation.now < facts.not_before, CertificateProblem::not_yet_valid);
  note(facts.self_signed, CertificateProblem::self_signed);
  note(expectation.trust_store != nullptr && is_untrusted(leaf, expectation), CertificateProblem::untrusted);
  note(!expectation.name.empty() && mismatches(leaf, expectation.name), CertificateProblem::name_mismatch);
  note(is_weak_key(facts), CertificateProblem::weak_key);
  note(is_weak_signature(leaf), CertificateProblem::weak_signature);
  note(lacks_server_usage(leaf), CertificateProblem::no_server_auth_eku);
  ERR_clear_error();
  return problems;
}

}  // namespace rdpwatch::transport
