// What an audit adds to a scrape.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using test::at;
using test::expose;
using test::family;
using test::run;
using testing::HasSubstr;
using testing::Not;

const fleet::EndpointKey kAudited{"ts01:3389", ""};

class AuditExpositionTest : public testing::Test {
 protected:
  void SetUp() override { store_.put_endpoint(kAudited, test::target("ts01:3389"), at(999000)); }

  std::string of(const std::string& name) const { return family(expose(store_), name); }

  fleet::ResultStore store_;
};

TEST_F(AuditExpositionTest, EveryAnswerHasASeriesAndAnOpenQuestionHasNone) {
  store_.record_audit(kAudited, test::audit());
  EXPECT_EQ(of("rdp_nla_required"), "rdp_nla_required{target=\"ts01:3389\",group=\"rdsh\"} 0\n");
  EXPECT_EQ(of("rdp_security_accepts"),
            R"(rdp_security_accepts{target="ts01:3389",group="rdsh",protocol="rdp"} 1
rdp_security_accepts{target="ts01:3389",group="rdsh",protocol="ssl"} 1
rdp_security_accepts{target="ts01:3389",group="rdsh",protocol="hybrid"} 0
rdp_security_accepts{target="ts01:3389",group="rdsh",protocol="hybrid_ex"} 0
)");
  EXPECT_EQ(of("rdp_tls_accepts"), R"(rdp_tls_accepts{target="ts01:3389",group="rdsh",version="TLSv1"} 1
rdp_tls_accepts{target="ts01:3389",group="rdsh",version="TLSv1.1"} 0
rdp_tls_accepts{target="ts01:3389",group="rdsh",version="TLSv1.2"} 1
)");
  EXPECT_THAT(expose(store_), Not(HasSubstr("free text")));
}

TEST_F(AuditExpositionTest, WithoutAnAuditThereIsNothing) {
  store_.record(kAudited, run(test::success(), 999060));
  for (const char* name : {"rdp_nla_required", "rdp_security_accepts", "rdp_tls_accepts"}) {
    EXPECT_EQ(of(name), "");
  }
  auto open = test::audit();
  open.nla_required.reset();
  store_.record_audit(kAudited, open);
  EXPECT_EQ(of("rdp_nla_required"), "") << "not known";
  open.nla_required = true;
  store_.record_audit(kAudited, open);
  EXPECT_EQ(of("rdp_nla_required"), "rdp_nla_required{target=\"ts01:3389\",group=\"rdsh\"} 1\n");
}

TEST_F(AuditExpositionTest, AnswersStayWhileTheHostIsDown) {
  store_.record_audit(kAudited, test::audit());
  const std::string accepts = of("rdp_security_accepts");
  store_.record(kAudited, run(test::reset_in_tls(), 999120));
  EXPECT_EQ(of("rdp_security_accepts"), accepts);
  EXPECT_EQ(of("rdp_nla_required"), "rdp_nla_required{target=\"ts01:3389\",group=\"rdsh\"} 0\n");
}

TEST_F(AuditExpositionTest, AFindingOfBothIsOneSeries) {
  const std::string from_audit =
      R"(rdp_finding{target="ts01:3389",group="rdsh",finding="legacy_rdp_security"} 1
rdp_finding{target="ts01:3389",group="rdsh",finding="nla_not_required"} 1
rdp_finding{target="ts01:3389",group="rdsh",finding="legacy_tls"} 1
)";
  store_.record_audit(kAudited, test::audit());
  EXPECT_EQ(of("rdp_finding"), from_audit) << "before the first run";
  auto result = test::success();
  result.findings = {"several_addresses", "nla_not_required"};
  store_.record(kAudited, run(result, 999060));
  EXPECT_EQ(of("rdp_finding"), R"(rdp_finding{target="ts01:3389",group="rdsh",finding="several_addresses"} 1
rdp_finding{target="ts01:3389",group="rdsh",finding="nla_not_required"} 1
rdp_finding{target="ts01:3389",group="rdsh",finding="legacy_rdp_security"} 1
rdp_finding{target="ts01:3389",group="rdsh",finding="legacy_tls"} 1
)");
  store_.record(kAudited, run(test::reset_in_tls(), 999120));
  EXPECT_EQ(of("rdp_finding"), from_audit) << "a probe's findings are of its last attempt";
  auto hardened = test::audit();
  hardened.findings.clear();
  store_.record_audit(kAudited, hardened);
  EXPECT_EQ(of("rdp_finding"), "");
}

TEST_F(AuditExpositionTest, AnswersCountForMaxSeriesAndGoAsWholeFamilies) {
  store_.record(kAudited, run(test::success(), 999060));
  const auto limited = [this](std::uint64_t max_series) {
    auto with = test::options();
    with.max_series = max_series;
    return TargetExposition(store_.snapshot(), with);
  };
  auto before = limited(100);
  test::all_of(before);
  EXPECT_EQ(before.series(), 29u);
  store_.record_audit(kAudited, test::audit());
  auto after = limited(100);
  test::all_of(after);
  EXPECT_EQ(after.series(), 40u) << "1 + 1 + 4 + 3, and two findings that the probe has not";

  auto dropping = limited(33);
  const std::string text = test::all_of(dropping);
  std::string dropped;
  for (const auto& family : dropping.dropped())
    dropped += std::string(family.family) + " " + std::to_string(family.series) + "\n";
  EXPECT_EQ(dropped, "rdp_cert_info 1\nrdp_security_info 1\nrdp_target_info 1\nrdp_security_accepts 4\n");
  EXPECT_EQ(dropping.series(), 33u);
  EXPECT_THAT(text, Not(HasSubstr("rdp_security_accepts")));
  EXPECT_THAT(text, HasSubstr("rdp_tls_accepts"));
}

}  // namespace
}  // namespace rdpwatch::metrics
