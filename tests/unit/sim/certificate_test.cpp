#include "tests/sim/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace rdpwatch::sim {
namespace {

class Certificates : public ::testing::Test {
 protected:
  std::shared_ptr<const Credentials> make(const CertificateSpec& spec,
                                          const std::string& address = "127.0.0.1") {
    return store_.get(spec, authorities_, address);
  }

  CertificateStore store_;
  std::map<std::string, AuthoritySpec> authorities_{{"ca", {"The CA", "ec256", ""}}};
};

std::string name_of(const X509_NAME* name) {
  char text[256] = "";
  X509_NAME_oneline(name, text, sizeof(text));
  return text;
}

std::string subject(const X509Ptr& certificate) {
  return name_of(X509_get_subject_name(certificate.get()));
}

double days_from_now(const ASN1_TIME* time) {
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, time);
  return days + seconds / 86400.0;
}

std::int64_t serial(const X509Ptr& certificate) {
  std::int64_t value = 0;
  ASN1_INTEGER_get_int64(&value, X509_get0_serialNumber(certificate.get()));
  return value;
}

TEST_F(Certificates, default_looks_like_one_that_windows_made) {
  const auto made = make({});
  X509* certificate = made->certificate.get();
  EXPECT_EQ(subject(made->certificate), "/CN=rdpsim");
  EXPECT_EQ(X509_verify(certificate, made->key.get()), 1) << "self-signed";
  EXPECT_NEAR(days_from_now(X509_get0_notAfter(certificate)), 183, 0.01);
  EXPECT_NEAR(days_from_now(X509_get0_notBefore(certificate)), -1.0 / 24, 0.01);
  EXPECT_EQ(EVP_PKEY_get_bits(made->key.get()), 2048);
  EXPECT_EQ(X509_get_signature_nid(certificate), NID_sha256WithRSAEncryption);
  EXPECT_EQ(X509_get_extended_key_usage(certificate), static_cast<std::uint32_t>(XKU_SSL_SERVER));
  EXPECT_GT(serial(made->certificate), 0);
  EXPECT_EQ(made->chain, nullptr);
}

TEST_F(Certificates, few_days_left_and_expired) {
  CertificateSpec spec;
  spec.days_left = 12;
  EXPECT_NEAR(days_from_now(X509_get0_notAfter(make(spec)->certificate.get())), 12, 0.01);
  EXPECT_NEAR(days_from_now(X509_get0_notBefore(make(spec)->certificate.get())), 12 - 183, 0.01);
  spec.days_left = -3;
  EXPECT_NEAR(days_from_now(X509_get0_notAfter(make(spec)->certificate.get())), -3, 0.01);
}

TEST_F(Certificates, explicit_dates) {
  CertificateSpec spec;
  spec.not_before = 4070908800;
  spec.not_after = 4102444800;
  const auto made = make(spec);
  const X509Ptr& certificate = made->certificate;
  EXPECT_EQ(ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate.get()), 4070908800), 0);
  EXPECT_EQ(ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate.get()), 4102444800), 0);
}

TEST_F(Certificates, odd_serial_numbers) {
  CertificateSpec spec;
  for (const std::int64_t wanted : {-5, 0, 77}) {
    spec.serial = wanted;
    EXPECT_EQ(serial(make(spec)->certificate), wanted);
  }
}

TEST_F(Certificates, weak_and_strange) {
  CertificateSpec spec;
  spec.common_name = "";
  spec.key = "rsa1024";
  spec.digest = "sha1";
  spec.eku = {};
  spec.key_usage = {"keyEncipherment"};
  const auto made = make(spec);
  X509* certificate = made->certificate.get();
  EXPECT_EQ(subject(made->certificate), "");
  EXPECT_EQ(EVP_PKEY_get_bits(made->key.get()), 1024);
  EXPECT_EQ(X509_get_signature_nid(certificate), NID_sha1WithRSAEncryption);
  EXPECT_EQ(X509_get_extended_key_usage(certificate), UINT32_MAX) << "no such extension";
  EXPECT_EQ(X509_get_key_usage(certificate), static_cast<std::uint32_t>(KU_KEY_ENCIPHERMENT));
}

TEST_F(Certificates, names) {
  CertificateSpec spec;
  spec.common_name = "ts-{host}.sim";
  spec.sans = {"ts-{host}.sim", "{address}", "::1"};
  const auto made = make(spec, "127.0.10.9");
  X509* certificate = made->certificate.get();
  EXPECT_EQ(subject(made->certificate), "/CN=ts-127-0-10-9.sim");
  EXPECT_EQ(X509_check_host(certificate, "ts-127-0-10-9.sim", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.10.9", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.10.8", 0), 0);
}

TEST_F(Certificates, equal_ones_are_shared) {
  CertificateSpec spec;
  EXPECT_EQ(make(spec, "127.0.0.1"), make(spec, "127.0.0.2"));
  spec.common_name = "{address}";
  EXPECT_NE(make(spec, "127.0.0.1"), make(spec, "127.0.0.2"));
  EXPECT_EQ(make(spec, "127.0.0.1"), make(spec, "127.0.0.1"));
  EXPECT_EQ(make(spec, "127.0.0.1")->key, make({})->key);
  spec.key = "rsa2048/own";
  EXPECT_NE(make(spec, "127.0.0.1")->key, make({})->key);
}

TEST_F(Certificates, issued_by_an_authority) {
  CertificateSpec spec;
  spec.issuer = "ca";
  spec.key = "ec256";
  EXPECT_EQ(make(spec)->chain, nullptr);
  spec.send_chain = true;
  const auto made = make(spec);
  EXPECT_EQ(made->chain, store_.authority("ca", authorities_.at("ca")));
  EXPECT_EQ(X509_verify(made->certificate.get(), X509_get0_pubkey(made->chain.get())), 1);
  EXPECT_EQ(X509_verify(made->certificate.get(), made->key.get()), 0) << "not self-signed";
  EXPECT_EQ(name_of(X509_get_issuer_name(made->certificate.get())), "/CN=The CA");
  EXPECT_EQ(X509_check_ca(made->chain.get()), 1);
}

TEST_F(Certificates, a_changed_authority_signs_anew) {
  CertificateSpec spec;
  spec.issuer = "ca";
  const auto before = make(spec);
  EXPECT_EQ(make(spec), before);
  authorities_["ca"].common_name = "Another CA";
  EXPECT_EQ(name_of(X509_get_issuer_name(make(spec)->certificate.get())), "/CN=Another CA");
}

TEST_F(Certificates, authority_file) {
  const std::string path = ::testing::TempDir() + "rdpsim-ca-" + std::to_string(getpid()) + ".pem";
  const std::shared_ptr<X509> authority = store_.authority("filed", {"Filed CA", "ec256", path});
  std::FILE* file = std::fopen(path.c_str(), "r");
  ASSERT_NE(file, nullptr);
  const X509Ptr read(PEM_read_X509(file, nullptr, nullptr, nullptr));
  std::fclose(file);
  std::remove(path.c_str());
  EXPECT_EQ(X509_cmp(read.get(), authority.get()), 0);
}

TEST_F(Certificates, authority_file_that_cannot_be_written) {
  try {
    store_.authority("filed", {"Filed CA", "ec256", "/nonexistent/ca.pem"});
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(),
                ::testing::StartsWith("the authority's certificate can't be written to /nonexistent/ca.pem"));
  }
}

}  // namespace
}  // namespace rdpwatch::sim
