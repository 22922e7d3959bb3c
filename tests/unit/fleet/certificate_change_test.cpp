#include "daemon/fleet/certificate_change.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::CertificateFacts;
using std::chrono::days;
using std::chrono::hours;

const WallTime kMade = WallTime(days(20000));  // 2024-10-04

/// A self-signed one of 183 days, made so many days after kMade; with an issuer, that CA's.
CertificateFacts made(int day, const std::string& issuer = "") {
  CertificateFacts facts;
  facts.subject_cn = "ts01";
  facts.issuer_cn = issuer.empty() ? "ts01" : issuer;
  facts.self_signed = issuer.empty();
  facts.not_before = kMade + days(day);
  facts.not_after = facts.not_before + days(183);
  return facts;
}

WallTime day(int number) {
  return kMade + days(number);
}

TEST(CertificateChange, ARenewalInTheLastThirdIsUsual) {
  EXPECT_EQ(why_unexpected(made(0), made(122), day(122)), std::nullopt);
  EXPECT_EQ(why_unexpected(made(0), made(181), day(181)), std::nullopt);
  EXPECT_EQ(why_unexpected(made(0), made(400), day(400)), std::nullopt) << "it had expired";
}

TEST(CertificateChange, ASelfSignedOneReplacedEarlyIsNot) {
  EXPECT_EQ(why_unexpected(made(0), made(121), day(121)),
            "a self-signed certificate was replaced early: after 121 of its 183 days");
  EXPECT_EQ(why_unexpected(made(0), made(2), day(2)),
            "a self-signed certificate was replaced early: after 2 of its 183 days");
}

TEST(CertificateChange, ACaMayRenewAtAnyTime) {
  EXPECT_EQ(why_unexpected(made(0, "Corp CA"), made(2, "Corp CA"), day(2)), std::nullopt);
}

TEST(CertificateChange, AnotherIssuer) {
  EXPECT_EQ(
      why_unexpected(made(0, "Corp CA"), made(150, "Proxy CA"), day(150)),
      "the issuer changed: the certificate was issued by \"Corp CA\", now it is issued by \"Proxy CA\"");
  EXPECT_EQ(why_unexpected(made(0, "Corp CA"), made(150), day(150)),
            "the issuer changed: the certificate was issued by \"Corp CA\", now it is self-signed");
  EXPECT_EQ(why_unexpected(made(0), made(150, "Corp CA"), day(150)),
            "the issuer changed: the certificate was self-signed, now it is issued by \"Corp CA\"");
}

TEST(CertificateChange, AnotherSubject) {
  auto other = made(150);
  other.subject_cn = "ts02";
  EXPECT_EQ(why_unexpected(made(0), other, day(150)),
            "the subject changed: the certificate was for \"ts01\", now it is for \"ts02\"");
  other.subject_cn.clear();
  EXPECT_EQ(why_unexpected(made(0), other, day(150)),
            "the subject changed: the certificate was for \"ts01\", now it is for nobody by name");
}

TEST(CertificateChange, AnOlderOne) {
  EXPECT_EQ(why_unexpected(made(31), made(0), day(200)),
            "the new certificate is no newer: it is valid from 2024-10-04, the one before from 2024-11-04");
  EXPECT_EQ(why_unexpected(made(0, "Corp CA"), made(0, "Corp CA"), day(200)),
            "the new certificate is no newer: it is valid from 2024-10-04, the one before from 2024-10-04");
}

TEST(CertificateChange, IsAFindingForADay) {
  TargetState state;
  EXPECT_FALSE(has_changed_certificate(state, day(1)));
  state.unexpected_change = std::make_shared<const UnexpectedChange>(UnexpectedChange{day(1), "why"});
  EXPECT_TRUE(has_changed_certificate(state, day(1)));
  EXPECT_TRUE(has_changed_certificate(state, day(2) - hours(1)));
  EXPECT_FALSE(has_changed_certificate(state, day(2)));
}

class CertificateChangeInTheStore : public testing::Test {
 protected:
  void SetUp() override { store_.put_endpoint(key_, test::target("ts01:3389"), day(0)); }

  void see(const std::string& fingerprint, CertificateFacts facts, WallTime when) {
    auto result = test::success(fingerprint);
    facts.sha256 = fingerprint;
    result.certificate = std::move(facts);
    RunRecord record;
    record.attempts.push_back(std::move(result));
    record.finished = when;
    store_.record(key_, std::move(record));
  }

  std::string why() const {
    const auto& change = store_.find(key_)->unexpected_change;
    return change ? change->why : "none";
  }

  EndpointKey key_{"ts01:3389", ""};
  ResultStore store_;
};

TEST_F(CertificateChangeInTheStore, TheFirstAndAUsualRenewalAreExpected) {
  see("aa", made(0), day(170));
  EXPECT_EQ(why(), "none");
  see("bb", made(180), day(180));
  EXPECT_EQ(why(), "none");
  EXPECT_EQ(store_.find(key_)->certificate_changes, 1u);
}

TEST_F(CertificateChangeInTheStore, AnUnexpectedOneStaysWithItsTime) {
  see("aa", made(0), day(10));
  store_.record(key_, test::run({test::timeout()}, 1));
  see("bb", made(20), day(20));
  EXPECT_EQ(why(), "a self-signed certificate was replaced early: after 20 of its 183 days")
      << "held against the one last seen, also over an outage";
  EXPECT_EQ(store_.find(key_)->unexpected_change->when, day(20));
  const auto kept = store_.find(key_)->unexpected_change;
  see("aa", made(0), day(21));
  EXPECT_EQ(store_.find(key_)->unexpected_change, kept) << "a known fingerprint is no change";
}

TEST_F(CertificateChangeInTheStore, AttemptsOfOneRunAreHeldAgainstEachOther) {
  see("aa", made(0), day(10));
  auto first = test::success("bb");
  first.certificate = made(180);
  first.certificate->sha256 = "bb";
  auto second = first;
  second.certificate = made(100);
  second.certificate->sha256 = "cc";
  RunRecord record;
  record.attempts = {first, second};
  record.finished = day(181);
  store_.record(key_, std::move(record));
  EXPECT_EQ(why(),
            "the new certificate is no newer: it is valid from 2025-01-12, the one before from 2025-04-02");
}

}  // namespace
}  // namespace rdpwatch::fleet
