// Facts of well-formed certificates, against what the openssl command line prints for them.

#include "probes/transport/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <chrono>

#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport {
namespace {

using namespace std::chrono_literals;
using handshake::CertificateFacts;
using std::chrono::sys_days;
using test::CertificateSpec;
using test::make_certificate;
using testing::ElementsAre;
using testing::IsEmpty;

X509Ptr vector_certificate(const std::string& name) {
  const std::string path = RDPWATCH_SOURCE_DIR "/tests/vectors/certificates/" + name;
  const BioPtr file(BIO_new_file(path.c_str(), "r"));
  return X509Ptr(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
}

TEST(Certificate, windows_self_signed_vector) {
  const X509Ptr certificate = vector_certificate("windows_self_signed.pem");
  ASSERT_NE(certificate, nullptr);
  const CertificateFacts facts = certificate_facts(certificate.get());
  EXPECT_EQ(facts.subject, "CN=TS09.corp.example.com");
  EXPECT_EQ(facts.issuer, "CN=TS09.corp.example.com");
  EXPECT_EQ(facts.subject_cn, "TS09.corp.example.com");
  EXPECT_EQ(facts.issuer_cn, "TS09.corp.example.com");
  EXPECT_THAT(facts.sans, IsEmpty());
  EXPECT_EQ(facts.serial, "2b9d2c0d4f5a1e9047c3d1a8b6f0e552");
  EXPECT_EQ(facts.sha256, "2622bae127d92fc4d628fe025506deb130d2c8bb434d3c48031e0aec537a64d4");
  EXPECT_EQ(facts.not_before, sys_days(2026y / 3 / 1) + 10h + 30min);
  EXPECT_EQ(facts.not_after, sys_days(2026y / 8 / 31) + 10h + 30min);
  EXPECT_EQ(facts.key_type, "RSA");
  EXPECT_EQ(facts.key_bits, 2048);
  EXPECT_EQ(facts.signature_algorithm, "sha256WithRSAEncryption");
  EXPECT_TRUE(facts.self_signed);
  EXPECT_THAT(facts.problems, IsEmpty());
}

TEST(Certificate, issued_vector_with_every_kind_of_name) {
  const X509Ptr certificate = vector_certificate("issued_ec.pem");
  ASSERT_NE(certificate, nullptr);
  const CertificateFacts facts = certificate_facts(certificate.get());
  EXPECT_EQ(facts.subject, "CN=rds.example.com,CN=old,OU=one,O=Bürger & Söhne,C=DE");
  EXPECT_EQ(facts.issuer, "CN=Issuing CA\\, 2,O=Bürger & Söhne,C=DE");
  EXPECT_EQ(facts.subject_cn, "rds.example.com");
  EXPECT_EQ(facts.issuer_cn, "Issuing CA, 2");
  EXPECT_THAT(facts.sans, ElementsAre("DNS:rds.example.com", "DNS:*.farm.example.com", "IP:10.1.2.3",
                                      "IP:2001:db8::7", "email:it@example.com", "URI:https://example.com/rds",
                                      "RID:1.2.3.4", "othername:1.3.6.1.4.1.311.20.2.3"));
  EXPECT_EQ(facts.serial, "c0ffee0123456789abcdef");
  EXPECT_EQ(facts.sha256, "4449073a8fe8f61c492d949fe365248a206f270b223716a0fb083c38f72f70a2");
  EXPECT_EQ(facts.not_before, sys_days(2025y / 12 / 31) + 23h + 59min + 59s);
  EXPECT_EQ(facts.not_after, sys_days(2052y / 1 / 1));  // a GeneralizedTime
  EXPECT_EQ(facts.key_type, "EC");
  EXPECT_EQ(facts.key_bits, 256);
  EXPECT_EQ(facts.signature_algorithm, "ecdsa-with-SHA384");
  EXPECT_FALSE(facts.self_signed);
}

TEST(Certificate, key_types) {
  struct Row {
    const char* key;
    const char* digest;
    const char* type;
    int bits;
    const char* signature;
  };
  for (const Row& row :
       {Row{"RSA 1024", "SHA1", "RSA", 1024, "sha1WithRSAEncryption"},
        Row{"RSA 2048", "MD5", "RSA", 2048, "md5WithRSAEncryption"},
        Row{"EC P-521", "SHA512", "EC", 521, "ecdsa-with-SHA512"},
        Row{"DSA 1024", "SHA256", "DSA", 1024, "dsa_with_SHA256"},
        Row{"ED25519", "", "Ed25519", 256, "ED25519"}, Row{"ED448", "", "Ed448", 456, "ED448"}}) {
    CertificateSpec spec;
    spec.key = row.key;
    spec.digest = row.digest;
    const X509Ptr certificate = make_certificate(spec);
    const CertificateFacts facts = certificate_facts(certificate.get());
    EXPECT_EQ(facts.key_type, row.type);
    EXPECT_EQ(facts.key_bits, row.bits);
    EXPECT_EQ(facts.signature_algorithm, row.signature);
    EXPECT_TRUE(facts.self_signed) << row.key;
  }
}

TEST(Certificate, serials) {
  struct Row {
    const char* number;
    const char* text;
  };
  const std::string longest(2 * kMaxSerialBytes, 'A');
  const std::string longest_text(2 * kMaxSerialBytes, 'a');
  const std::string longer = longest + "BB";
  for (const Row& row :
       {Row{"0", "00"}, Row{"1", "01"}, Row{"6A0F", "6a0f"}, Row{"FF", "ff"}, Row{"-1", "-01"},
        Row{"-80", "-80"}, Row{"-6A0F", "-6a0f"}, Row{longest.c_str(), longest_text.c_str()},
        Row{longer.c_str(), longest_text.c_str()}}) {
    CertificateSpec spec;
    spec.key = "EC P-256";
    spec.serial = row.number;
    const X509Ptr certificate = make_certificate(spec);
    EXPECT_EQ(certificate_facts(certificate.get()).serial, row.text);
  }
}

TEST(Certificate, same_names_but_another_key_is_not_self_signed) {
  CertificateSpec authority;
  authority.key = "EC P-256";
  const X509Ptr issuer = make_certificate(authority);
  CertificateSpec spec;
  spec.issuer = issuer.get();
  spec.issuer_key = "EC P-256";
  const X509Ptr certificate = make_certificate(spec);
  const CertificateFacts facts = certificate_facts(certificate.get());
  EXPECT_EQ(facts.subject, "CN=ts09");
  EXPECT_EQ(facts.issuer, "CN=ts09");
  EXPECT_FALSE(facts.self_signed);
}

TEST(Certificate, signature_that_nobody_can_check_is_decided_by_the_key_identifiers) {
  // sha256WithRSAEncryption becomes 1.2.840.113549.1.1.2, md2WithRSAEncryption, which OpenSSL has no digest
  // for.
  const std::string sha256_with_rsa("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9);
  const std::string md2_with_rsa("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", 9);
  const auto with_md2 = [&](const CertificateSpec& spec) {
    const X509Ptr signed_once = make_certificate(spec);
    const X509Ptr half = test::patched(signed_once.get(), sha256_with_rsa, md2_with_rsa);
    return test::patched(half.get(), sha256_with_rsa, md2_with_rsa);
  };
  CertificateSpec spec;
  X509Ptr certificate = with_md2(spec);
  EXPECT_EQ(certificate_facts(certificate.get()).signature_algorithm, "md2WithRSAEncryption");
  EXPECT_TRUE(certificate_facts(certificate.get()).self_signed);

  spec.extensions = {{"subjectKeyIdentifier", "0102030405"}};
  spec.raw_extensions = {{"2.5.29.35", std::string("\x30\x07\x80\x05\x01\x02\x03\x04\x05", 9)}};
  certificate = with_md2(spec);
  EXPECT_TRUE(certificate_facts(certificate.get()).self_signed);

  spec.raw_extensions = {{"2.5.29.35", std::string("\x30\x07\x80\x05\x01\x02\x03\x04\x06", 9)}};
  certificate = with_md2(spec);
  EXPECT_FALSE(certificate_facts(certificate.get()).self_signed);
}

}  // namespace
}  // namespace rdpwatch::transport
