#include "probes/handshake/policy.hpp"

#include <gmock/gmock.h>

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ProbeResult result(std::uint32_t selected, std::vector<CertificateProblem> problems = {}) {
  ProbeResult result;
  result.negotiation.emplace();
  result.negotiation->selected = selected;
  if (selected != 0) {
    result.tls = test::established().tls;
    result.certificate = test::certificate(std::move(problems));
  }
  return result;
}

std::string judged(const ProbePlan& plan, const ProbeResult& result) {
  const auto failure = judge_policy(plan, result);
  if (!failure) return "passed";
  return std::string(name(failure->phase)) + " " + std::string(name(failure->reason)) + ": " +
         failure->detail;
}

TEST(Policy, StandardRdpSecurityFailsWhereTlsIsRequired) {
  ProbePlan plan;
  EXPECT_EQ(
      judged(plan, result(0)),
      "negotiate protocol_not_allowed: the server chose standard RDP security, the module requires TLS");
  plan.require_tls = false;
  EXPECT_EQ(judged(plan, result(0)), "passed");
}

TEST(Policy, NlaIsRequiredOnlyWhenAsked) {
  ProbePlan plan;
  EXPECT_EQ(judged(plan, result(1)), "passed");
  plan.require_nla = true;
  EXPECT_EQ(
      judged(plan, result(1)),
      "negotiate protocol_not_allowed: the server did not choose NLA (CredSSP), the module requires it");
  EXPECT_EQ(judged(plan, result(2)), "passed");
  EXPECT_EQ(judged(plan, result(8)), "passed");
}

TEST(Policy, MinimumTlsVersion) {
  ProbePlan plan;
  plan.min_tls_version = TlsVersion::tls12;
  auto old = result(1);
  old.tls->version = TlsVersion::tls10;
  EXPECT_EQ(judged(plan, old), "tls protocol_not_allowed: TLSv1 was agreed, the module requires TLSv1.2");
  old.tls->version = TlsVersion::tls12;
  EXPECT_EQ(judged(plan, old), "passed");
}

TEST(Policy, ProblemsFailOnlyThroughFailOn) {
  const std::vector all{CertificateProblem::expired,        CertificateProblem::not_yet_valid,
                        CertificateProblem::self_signed,    CertificateProblem::untrusted,
                        CertificateProblem::name_mismatch,  CertificateProblem::weak_key,
                        CertificateProblem::weak_signature, CertificateProblem::no_server_auth_eku};
  ProbePlan plan;
  EXPECT_EQ(judged(plan, result(2, all)), "passed");

  const std::pair<CertificateProblem, const char*> table[] = {
      {CertificateProblem::expired, "tls certificate_expired: fail_on: expired"},
      {CertificateProblem::not_yet_valid, "tls certificate_not_yet_valid: fail_on: not_yet_valid"},
      {CertificateProblem::name_mismatch, "tls certificate_name_mismatch: fail_on: name_mismatch"},
      {CertificateProblem::untrusted, "tls certificate_untrusted: fail_on: untrusted"},
      {CertificateProblem::self_signed, "tls certificate_untrusted: fail_on: self_signed"},
      {CertificateProblem::weak_key, "tls certificate_weak: fail_on: weak_key"},
      {CertificateProblem::weak_signature, "tls certificate_weak: fail_on: weak_signature"},
      {CertificateProblem::no_server_auth_eku, "tls certificate_weak: fail_on: no_server_auth_eku"},
  };
  // With everything on, the table's own order decides; each rule is then taken away to see the next one.
  plan.fail_on = all;
  for (const auto& [problem, expected] : table) {
    EXPECT_EQ(judged(plan, result(2, all)), expected);
    std::erase(plan.fail_on, problem);
  }
  EXPECT_EQ(judged(plan, result(2, all)), "passed");
}

TEST(Policy, NoCertificateIsNotTrustedEither) {
  auto anonymous = result(2);
  anonymous.certificate.reset();
  ProbePlan plan;
  plan.fail_on = {CertificateProblem::expired};
  EXPECT_EQ(judged(plan, anonymous), "passed");
  plan.fail_on = {CertificateProblem::untrusted};
  EXPECT_EQ(judged(plan, anonymous),
            "tls certificate_untrusted: fail_on: the server sent no certificate at all");
}

TEST(Findings, HealthyHostHasNone) {
  EXPECT_THAT(findings_of(test::name_plan(), result(8)), IsEmpty());
}

TEST(Findings, SayWhatIsWeak) {
  EXPECT_THAT(findings_of(test::name_plan(), result(0)),
              ElementsAre("legacy_rdp_security", "nla_not_required"));
  EXPECT_THAT(findings_of(test::name_plan(), result(1)), ElementsAre("nla_not_required"));
  auto legacy = result(2, {CertificateProblem::name_mismatch});
  legacy.tls->needs_legacy = true;
  EXPECT_THAT(findings_of(test::name_plan(), legacy), ElementsAre("legacy_tls", "name_mismatch"));
  auto anonymous = result(2);
  anonymous.certificate.reset();
  EXPECT_THAT(findings_of(test::name_plan(), anonymous), ElementsAre("no_certificate"));
}

TEST(Findings, SeveralAddressesOfOneFamilyHideMembers) {
  auto probed = result(2);
  probed.addresses = {"10.0.0.9", "2001:db8::9"};
  EXPECT_THAT(findings_of(test::name_plan(), probed), IsEmpty());
  probed.addresses.push_back("10.0.0.10");
  EXPECT_THAT(findings_of(test::name_plan(), probed), ElementsAre("several_addresses"));
  auto pinned = test::name_plan();
  pinned.pinned_address = "10.0.0.10";
  EXPECT_THAT(findings_of(pinned, probed), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::handshake
