#include "probes/handshake/security_posture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/handshake/audit.hpp"

namespace rdpwatch::handshake {
namespace {

using testing::ElementsAre;

ProbeResult chosen_by_host(std::uint32_t requested, std::uint32_t selected) {
  ProbeResult result;
  result.negotiation.emplace();
  result.negotiation->requested = requested;
  result.negotiation->selected = selected;
  return result;
}

AuditResult audit_that_saw(bool nla_required, Acceptance rdp, Acceptance hybrid, Acceptance old_tls) {
  AuditResult result;
  result.nla_required = nla_required;
  result.protocols = {{0x00, rdp, ""}, {0x02, hybrid, ""}, {0x08, hybrid, ""}};
  result.tls = {{TlsVersion::tls10, old_tls, ""}, {TlsVersion::tls11, Acceptance::no, ""}};
  return result;
}

TEST(SecurityPosture, NothingSeenIsNothingKnown) {
  EXPECT_THAT(postures(nullptr, nullptr),
              ElementsAre(Posture::nla_not_observed, Posture::rdp_security_not_observed,
                          Posture::old_tls_not_observed));
}

TEST(SecurityPosture, WhatAProbeAloneTells) {
  const auto nla = chosen_by_host(0x0B, 0x08);
  EXPECT_EQ(postures(&nla, nullptr)[0], Posture::nla_offered);
  const auto no_nla = chosen_by_host(0x0B, 0x01);
  EXPECT_EQ(postures(&no_nla, nullptr)[0], Posture::nla_not_offered);
  const auto not_asked = chosen_by_host(0x01, 0x01);
  EXPECT_EQ(postures(&not_asked, nullptr)[0], Posture::nla_optional);
  const auto plain = chosen_by_host(0x0B, 0x00);
  EXPECT_EQ(postures(&plain, nullptr)[1], Posture::rdp_security_accepted);
  auto climbed = chosen_by_host(0x0B, 0x02);
  climbed.negotiation->attempts.push_back(
      {0x01, TlsProfile::modern, Phase::negotiate, FailureReason::hybrid_required_by_server, ""});
  EXPECT_EQ(postures(&climbed, nullptr)[0], Posture::nla_required);
  auto old = chosen_by_host(0x0B, 0x08);
  old.tls.emplace();
  old.tls->version = TlsVersion::tls11;
  EXPECT_EQ(postures(&old, nullptr)[2], Posture::old_tls_selected);
  old.tls->version = TlsVersion::tls12;
  EXPECT_EQ(postures(&old, nullptr)[2], Posture::old_tls_not_observed);
}

TEST(SecurityPosture, WhatAnAuditAdds) {
  const auto nla = chosen_by_host(0x0B, 0x08);
  const auto strict = audit_that_saw(true, Acceptance::no, Acceptance::yes, Acceptance::no);
  EXPECT_THAT(postures(&nla, &strict),
              ElementsAre(Posture::nla_required, Posture::rdp_security_refused, Posture::old_tls_refused));
  const auto lax = audit_that_saw(false, Acceptance::yes, Acceptance::yes, Acceptance::yes);
  EXPECT_THAT(postures(&nla, &lax),
              ElementsAre(Posture::nla_optional, Posture::rdp_security_accepted, Posture::old_tls_accepted));
  const auto without = audit_that_saw(false, Acceptance::no, Acceptance::no, Acceptance::unknown);
  EXPECT_THAT(
      postures(nullptr, &without),
      ElementsAre(Posture::nla_not_offered, Posture::rdp_security_refused, Posture::old_tls_not_observed));
}

TEST(SecurityPosture, TheNewestProbeCountsMoreThanAnAuditThatItContradicts) {
  const auto no_nla = chosen_by_host(0x0B, 0x01);
  const auto strict = audit_that_saw(true, Acceptance::no, Acceptance::yes, Acceptance::no);
  EXPECT_EQ(postures(&no_nla, &strict)[0], Posture::nla_not_offered);
}

TEST(SecurityPosture, EveryNameLeadsBack) {
  for (const auto posture : kPostures) EXPECT_EQ(posture_by_name(name(posture)), posture);
  EXPECT_EQ(posture_by_name("nla"), std::nullopt);
}

}  // namespace
}  // namespace rdpwatch::handshake
