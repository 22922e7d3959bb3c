#include "probes/handshake/certificate_renewal.hpp"

#include <gmock/gmock.h>

#include "probes/handshake/policy.hpp"
#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

const std::chrono::system_clock::time_point kMade(days(20000));

CertificateFacts self_signed(days life) {
  CertificateFacts facts = test::certificate();
  facts.self_signed = true;
  facts.not_before = kMade;
  facts.not_after = kMade + life;
  return facts;
}

TEST(CertificateRenewal, IsOverdueBetweenDay175AndTheEnd) {
  const auto windows = self_signed(days(183));
  EXPECT_FALSE(is_renewal_overdue(windows, kMade));
  EXPECT_FALSE(is_renewal_overdue(windows, kMade + days(175)));
  EXPECT_TRUE(is_renewal_overdue(windows, kMade + days(175) + hours(1)));
  EXPECT_TRUE(is_renewal_overdue(windows, kMade + days(183)));
  EXPECT_FALSE(is_renewal_overdue(windows, kMade + days(183) + hours(1))) << "expired";
}

TEST(CertificateRenewal, OnlyOfTheKindThatWindowsMakes) {
  const auto when = kMade + days(180);
  EXPECT_FALSE(is_renewal_overdue(self_signed(days(365)), when)) << "xrdp's";
  EXPECT_FALSE(is_renewal_overdue(self_signed(days(221)), when));
  EXPECT_TRUE(is_renewal_overdue(self_signed(days(220)), when));
  EXPECT_FALSE(is_renewal_overdue(self_signed(days(149)), kMade + days(148)));
  auto issued = self_signed(days(183));
  issued.self_signed = false;
  EXPECT_FALSE(is_renewal_overdue(issued, when)) << "a CA renews by its own rules";
}

TEST(CertificateRenewal, IsAFindingOfTheProbe) {
  ProbeResult result;
  result.negotiation.emplace();
  result.negotiation->selected = 8;
  result.tls = test::established().tls;
  result.certificate = self_signed(days(183));
  result.started = kMade + days(176);
  EXPECT_THAT(findings_of(test::name_plan(), result), ElementsAre("certificate_renewal_overdue"));
  result.started = kMade + days(100);
  EXPECT_THAT(findings_of(test::name_plan(), result), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::handshake
