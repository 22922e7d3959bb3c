#include "probes/transport/certificate_judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "probes/transport/certificate.hpp"
#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using handshake::CertificateProblem;
using std::chrono::sys_days;
using test::CertificateSpec;
using test::make_certificate;
using testing::ElementsAre;
using testing::IsEmpty;
using Problems = std::vector<CertificateProblem>;

/// Within the dates of a default CertificateSpec.
constexpr sys_days kNow = 2026y / 4 / 1;

/// An authority, and a leaf of it that nothing is wrong with.
class CertificateJudgement : public testing::Test {
 protected:
  CertificateJudgement() {
    CertificateSpec authority;
    authority.subject = {{"CN", "CA"}};
    authority.key = "EC P-256";
    authority.extensions = {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "keyCertSign"}};
    authority_ = make_certificate(authority);
    good_.issuer = authority_.get();
    good_.issuer_key = "EC P-256";
    good_.extensions = {
        {"subjectAltName", "DNS:ts09.example.com,DNS:*.farm.example.com,IP:10.0.0.9,IP:2001:db8::9"}};
  }

  static Problems judged(const CertificateSpec& spec, Expectation expectation) {
    const X509Ptr leaf = make_certificate(spec);
    return judge(leaf.get(), certificate_facts(leaf.get()), expectation);
  }

  Problems judged(const CertificateSpec& spec) const {
    return judged(spec, Expectation{kNow, "", nullptr, {}});
  }

  bool mismatch(const CertificateSpec& spec, const std::string& name) const {
    const Problems problems = judged(spec, Expectation{kNow, name, nullptr, {}});
    return std::find(problems.begin(), problems.end(), CertificateProblem::name_mismatch) != problems.end();
  }

  X509Ptr authority_;
  CertificateSpec good_;
};

TEST_F(CertificateJudgement, nothing_wrong) {
  EXPECT_THAT(judged(good_, Expectation{kNow, "ts09.example.com", nullptr, {}}), IsEmpty());
}

TEST_F(CertificateJudgement, dates) {
  const auto at = [&](std::chrono::system_clock::time_point now) {
    return judged(good_, Expectation{now, "", nullptr, {}});
  };
  EXPECT_THAT(at(sys_days(2026y / 1 / 1) - 1s), ElementsAre(CertificateProblem::not_yet_valid));
  EXPECT_THAT(at(sys_days(2026y / 1 / 1)), IsEmpty());
  EXPECT_THAT(at(sys_days(2026y / 7 / 3)), IsEmpty());
  EXPECT_THAT(at(sys_days(2026y / 7 / 3) + 1s), ElementsAre(CertificateProblem::expired));
}

TEST_F(CertificateJudgement, dates_the_wrong_way_round) {
  good_.not_before = "260703000000Z";
  good_.not_after = "260101000000Z";
  EXPECT_THAT(judged(good_), ElementsAre(CertificateProblem::expired, CertificateProblem::not_yet_valid));
}

TEST_F(CertificateJudgement, date_that_cannot_be_read_has_passed) {
  good_.not_after = "soon";
  EXPECT_THAT(judged(good_), ElementsAre(CertificateProblem::expired));
}

TEST_F(CertificateJudgement, windows_self_signed_is_self_signed_and_nothing_else) {
  CertificateSpec spec;
  spec.subject = {{"CN", "TS09.corp.example.com"}};
  spec.extensions = {{"keyUsage", "keyEncipherment,dataEncipherment"}, {"extendedKeyUsage", "serverAuth"}};
  EXPECT_THAT(judged(spec, Expectation{kNow, "ts09.corp.example.com", nullptr, {}}),
              ElementsAre(CertificateProblem::self_signed));
}

TEST_F(CertificateJudgement, all_problems_in_the_order_of_the_enum) {
  CertificateSpec spec;
  spec.key = "RSA 1024";
  spec.digest = "SHA1";
  spec.not_before = "270101000000Z";
  spec.not_after = "260101000000Z";
  spec.extensions = {{"extendedKeyUsage", "clientAuth"}};
  const X509StorePtr empty(X509_STORE_new());
  EXPECT_THAT(judged(spec, Expectation{kNow, "other", empty.get(), {}}),
              ElementsAre(CertificateProblem::expired, CertificateProblem::not_yet_valid,
                          CertificateProblem::self_signed, CertificateProblem::untrusted,
                          CertificateProblem::name_mismatch, CertificateProblem::weak_key,
                          CertificateProblem::weak_signature, CertificateProblem::no_server_auth_eku));
}

TEST_F(CertificateJudgement, dns_names) {
  EXPECT_FALSE(mismatch(good_, ""));
  EXPECT_FALSE(mismatch(good_, "ts09.example.com"));
  EXPECT_FALSE(mismatch(good_, "TS09.Example.COM"));
  EXPECT_FALSE(mismatch(good_, "ts09.example.com."));
  EXPECT_FALSE(mismatch(good_, "a.farm.example.com"));
  EXPECT_TRUE(mismatch(good_, "a.b.farm.example.com"));
  EXPECT_TRUE(mismatch(good_, "farm.example.com"));
  EXPECT_TRUE(mismatch(good_, "ts08.example.com"));
  EXPECT_TRUE(mismatch(good_, "ts09"));
  EXPECT_TRUE(mismatch(good_, ".example.com"));
  EXPECT_TRUE(mismatch(good_, "."));
  EXPECT_TRUE(mismatch(good_, "ts09.example.com\0.evil"s));
}

TEST_F(CertificateJudgement, cn_counts_only_without_dns_names) {
  good_.subject = {{"CN", "ts09"}};
  EXPECT_TRUE(mismatch(good_, "ts09"));
  good_.extensions = {};
  EXPECT_FALSE(mismatch(good_, "ts09"));
  EXPECT_FALSE(mismatch(good_, "TS09"));
  EXPECT_TRUE(mismatch(good_, "ts09.example.com"));
  EXPECT_TRUE(mismatch(good_, "ts0"));
  good_.extensions = {{"subjectAltName", "IP:10.0.0.9,email:a@example.com"}};
  EXPECT_FALSE(mismatch(good_, "ts09"));
}

TEST_F(CertificateJudgement, partial_wildcards_do_not_count) {
  good_.extensions = {{"subjectAltName", "DNS:ts*.example.com"}};
  EXPECT_TRUE(mismatch(good_, "ts09.example.com"));
}

TEST_F(CertificateJudgement, name_with_a_nul_matches_nothing) {
  good_.extensions = {};
  good_.subject = {{"CN", "ts09\0.example.com"s}};
  EXPECT_TRUE(mismatch(good_, "ts09"));
}

TEST_F(CertificateJudgement, addresses) {
  EXPECT_FALSE(mismatch(good_, "10.0.0.9"));
  EXPECT_TRUE(mismatch(good_, "10.0.0.8"));
  EXPECT_FALSE(mismatch(good_, "2001:DB8:0::9"));
  EXPECT_TRUE(mismatch(good_, "2001:db8::8"));
  good_.subject = {{"CN", "10.0.0.8"}};
  EXPECT_TRUE(mismatch(good_, "10.0.0.8"));
}

TEST_F(CertificateJudgement, key_sizes) {
  struct Row {
    const char* key;
    bool weak;
  };
  for (const Row& row :
       {Row{"RSA 1024", true}, Row{"RSA 2047", true}, Row{"RSA 2048", false}, Row{"DSA 1024", true},
        Row{"EC prime192v1", true}, Row{"EC secp224r1", false}, Row{"ED25519", false}}) {
    good_.key = row.key;
    const Problems expected = row.weak ? Problems{CertificateProblem::weak_key} : Problems{};
    EXPECT_EQ(judged(good_), expected) << row.key;
  }
}

TEST_F(CertificateJudgement, weak_signatures) {
  CertificateSpec authority;
  authority.subject = {{"CN", "CA"}};
  const X509Ptr rsa_authority = make_certificate(authority);
  good_.issuer = rsa_authority.get();
  good_.issuer_key = "RSA 2048";
  for (const char* digest : {"SHA1", "MD5"}) {
    good_.digest = digest;
    EXPECT_THAT(judged(good_), ElementsAre(CertificateProblem::weak_signature)) << digest;
  }
  for (const char* digest : {"SHA224", "SHA256", "SHA512"}) {
    good_.digest = digest;
    EXPECT_THAT(judged(good_), IsEmpty()) << digest;
  }
}

TEST_F(CertificateJudgement, weak_signatures_that_nobody_can_check) {
  good_.issuer = nullptr;
  good_.issuer_key = "";
  const std::string sha256_with_rsa = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"s;
  for (const char last : {'\x02', '\x03'}) {  // md2WithRSAEncryption, md4WithRSAEncryption
    const std::string old = sha256_with_rsa.substr(0, 8) + last;
    const X509Ptr whole = make_certificate(good_);
    const X509Ptr half = test::patched(whole.get(), sha256_with_rsa, old);
    const X509Ptr leaf = test::patched(half.get(), sha256_with_rsa, old);
    EXPECT_THAT(judge(leaf.get(), certificate_facts(leaf.get()), Expectation{kNow, "", nullptr, {}}),
                ElementsAre(CertificateProblem::self_signed, CertificateProblem::weak_signature));
  }
}

TEST_F(CertificateJudgement, extended_key_usages) {
  struct Row {
    const char* usages;
    bool lacks;
  };
  for (const Row& row : {Row{"serverAuth", false}, Row{"clientAuth,serverAuth", false},
                         Row{"anyExtendedKeyUsage", false}, Row{"1.3.6.1.4.1.311.54.1.2", false},
                         Row{"clientAuth", true}, Row{"1.3.6.1.4.1.311.54.1.20", true}, Row{"1.2.3", true}}) {
    good_.extensions = {{"extendedKeyUsage", row.usages}};
    const Problems expected = row.lacks ? Problems{CertificateProblem::no_server_auth_eku} : Problems{};
    EXPECT_EQ(judged(good_), expected) << row.usages;
  }
  good_.extensions = {};
  good_.raw_extensions = {{"2.5.29.37", "\x30\x7f nonsense"}};
  EXPECT_THAT(judged(good_), ElementsAre(CertificateProblem::no_server_auth_eku));
}

TEST_F(CertificateJudgement, key_that_cannot_be_decoded_is_not_called_weak) {
  good_.key = "EC P-256";
  const X509Ptr whole = make_certificate(good_);
  const X509Ptr leaf = test::patched(whole.get(), "\x03\x42\x00\x04"s, "\x03\x42\x00\x09"s);
  const X509StorePtr empty(X509_STORE_new());
  EXPECT_THAT(judge(leaf.get(), certificate_facts(leaf.get()), Expectation{kNow, "", empty.get(), {}}),
              ElementsAre(CertificateProblem::untrusted));
}

}  // namespace
}  // namespace rdpwatch::transport
