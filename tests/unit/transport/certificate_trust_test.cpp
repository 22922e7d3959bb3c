#include "probes/transport/certificate_trust.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "probes/transport/certificate.hpp"
#include "probes/transport/certificate_judgement.hpp"
#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport {
namespace {

using namespace std::chrono_literals;
using handshake::CertificateProblem;
using std::chrono::sys_days;
using test::CertificateSpec;
using test::make_certificate;
using testing::ElementsAre;
using testing::IsEmpty;

/// root -> issuing -> leaf, and a folder for files.
class CertificateTrust : public testing::Test {
 protected:
  CertificateTrust() {
    char name[] = "/tmp/rdpwatch_trust_XXXXXX";
    folder_ = mkdtemp(name);
    root_ = authority("root", "EC P-256", nullptr, "");
    issuing_ = authority("issuing", "EC P-384", root_.get(), "EC P-256");
    spec_.issuer = issuing_.get();
    spec_.issuer_key = "EC P-384";
    leaf_ = make_certificate(spec_);
  }
  ~CertificateTrust() override { std::filesystem::remove_all(folder_); }

  static X509Ptr authority(const char* name, const char* key, X509* issuer, const char* issuer_key,
                           const char* not_after = "300101000000Z") {
    CertificateSpec spec;
    spec.subject = {{"CN", name}};
    spec.key = key;
    spec.not_after = not_after;
    spec.issuer = issuer;
    spec.issuer_key = issuer_key;
    spec.extensions = {{"basicConstraints", "critical,CA:TRUE"}};
    return make_certificate(spec);
  }

  std::string file(const std::string& name, const std::string& content) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << content;
    return path;
  }

  /// Judged against a CA file of these certificates, the server having sent leaf and `sent`.
  std::vector<CertificateProblem> judged(X509* leaf, std::vector<X509*> trusted, std::vector<X509*> sent,
                                         std::chrono::system_clock::time_point now = sys_days(2026y / 4 /
                                                                                              1)) {
    std::string content = "text before is allowed\n";
    for (X509* certificate : trusted) content += test::pem_of(certificate);
    const TrustStore store = load_trust_store(file("ca.pem", content));
    EXPECT_EQ(store.error, "");
    std::vector<X509Ptr> chain;
    for (X509* certificate : sent) {
      X509_up_ref(certificate);
      chain.emplace_back(certificate);
    }
    return judge(leaf, certificate_facts(leaf), Expectation{now, "", store.store.get(), chain});
  }

  std::string folder_;
  X509Ptr root_;
  X509Ptr issuing_;
  CertificateSpec spec_;
  X509Ptr leaf_;
};

TEST_F(CertificateTrust, path_through_what_the_server_sent) {
  EXPECT_THAT(judged(leaf_.get(), {root_.get()}, {leaf_.get(), issuing_.get()}), IsEmpty());
}

TEST_F(CertificateTrust, missing_intermediate) {
  EXPECT_THAT(judged(leaf_.get(), {root_.get()}, {leaf_.get()}), ElementsAre(CertificateProblem::untrusted));
}

TEST_F(CertificateTrust, intermediate_in_the_file) {
  EXPECT_THAT(judged(leaf_.get(), {issuing_.get()}, {leaf_.get()}), IsEmpty());
  EXPECT_THAT(judged(leaf_.get(), {root_.get(), issuing_.get()}, {leaf_.get()}), IsEmpty());
}

TEST_F(CertificateTrust, unknown_authority) {
  const X509Ptr other = authority("other", "EC P-521", nullptr, "");
  EXPECT_THAT(judged(leaf_.get(), {other.get()}, {leaf_.get(), issuing_.get(), root_.get()}),
              ElementsAre(CertificateProblem::untrusted));
}

TEST_F(CertificateTrust, self_signed_leaf) {
  spec_ = CertificateSpec{};
  spec_.extensions = {{"keyUsage", "keyEncipherment,dataEncipherment"}};
  const X509Ptr own = make_certificate(spec_);
  EXPECT_THAT(judged(own.get(), {root_.get()}, {own.get()}),
              ElementsAre(CertificateProblem::self_signed, CertificateProblem::untrusted));
  EXPECT_THAT(judged(own.get(), {own.get()}, {own.get()}), ElementsAre(CertificateProblem::self_signed));
}

TEST_F(CertificateTrust, expired_leaf_of_a_known_authority_is_only_expired) {
  EXPECT_THAT(judged(leaf_.get(), {root_.get()}, {leaf_.get(), issuing_.get()}, sys_days(2027y / 1 / 1)),
              ElementsAre(CertificateProblem::expired));
  EXPECT_THAT(
      judged(leaf_.get(), {root_.get()}, {leaf_.get(), issuing_.get()}, sys_days(2025y / 1 / 1)),
      ElementsAre(CertificateProblem::not_yet_valid, CertificateProblem::untrusted));  // the authorities too
}

TEST_F(CertificateTrust, expired_intermediate_breaks_the_path) {
  issuing_ = authority("issuing", "EC P-384", root_.get(), "EC P-256", "260201000000Z");
  EXPECT_THAT(judged(leaf_.get(), {root_.get()}, {leaf_.get(), issuing_.get()}),
              ElementsAre(CertificateProblem::untrusted));
}

TEST_F(CertificateTrust, issuer_that_is_no_authority) {
  CertificateSpec spec;
  spec.subject = {{"CN", "issuing"}};
  spec.key = "EC P-384";
  spec.issuer = root_.get();
  spec.issuer_key = "EC P-256";
  spec.extensions = {{"basicConstraints", "critical,CA:FALSE"}};
  const X509Ptr pretender = make_certificate(spec);
  EXPECT_THAT(judged(leaf_.get(), {root_.get()}, {leaf_.get(), pretender.get()}),
              ElementsAre(CertificateProblem::untrusted));
}

TEST_F(CertificateTrust, forged_signature) {
  std::string der = test::der_of(leaf_.get());
  der.back() = static_cast<char>(der.back() ^ 1);
  const X509Ptr forged = test::certificate_from_der(der);
  EXPECT_THAT(judged(forged.get(), {issuing_.get()}, {forged.get()}),
              ElementsAre(CertificateProblem::untrusted));
}

TEST_F(CertificateTrust, files_that_cannot_be_used) {
  const std::string missing = folder_ + "/missing.pem";
  EXPECT_EQ(load_trust_store(missing).error, "ca_file " + missing + ": No such file or directory");
  EXPECT_EQ(load_trust_store(folder_).error, "ca_file " + folder_ + ": not a regular file");
  const std::string empty = file("empty.pem", "");
  EXPECT_EQ(load_trust_store(empty).error, "ca_file " + empty + ": no PEM certificate in it");
  const std::string key = file("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  EXPECT_EQ(load_trust_store(key).error, "ca_file " + key + ": no PEM certificate in it");
  const std::string broken =
      file("broken.pem",
           test::pem_of(root_.get()) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(load_trust_store(broken).error,
              testing::StartsWith("ca_file " + broken + ": certificate 2 can't be read ("));
  EXPECT_EQ(load_trust_store(broken).store, nullptr);
  const std::string large = folder_ + "/large.pem";
  std::ofstream(large).put('x');
  std::filesystem::resize_file(large, 16 * 1024 * 1024 + 1);
  EXPECT_EQ(load_trust_store(large).error, "ca_file " + large + ": larger than 16 MiB");
}

TEST_F(CertificateTrust, file_is_read_again_only_when_it_changed) {
  TrustStores stores;
  const std::string path = file("ca.pem", test::pem_of(root_.get()));
  const TrustStore first = stores.get(path);
  ASSERT_NE(first.store, nullptr);
  EXPECT_EQ(stores.get(path).store, first.store);

  file("ca.pem", "nothing");
  EXPECT_EQ(stores.get(path).error, "ca_file " + path + ": no PEM certificate in it");
  EXPECT_EQ(stores.get(path).store, nullptr);

  std::filesystem::remove(path);
  EXPECT_EQ(stores.get(path).error, "ca_file " + path + ": No such file or directory");
  file("ca.pem", test::pem_of(root_.get()) + test::pem_of(issuing_.get()));
  EXPECT_NE(stores.get(path).store, nullptr);
  EXPECT_NE(stores.get(path).store, first.store);
}

}  // namespace
}  // namespace rdpwatch::transport
