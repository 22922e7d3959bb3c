// What a judgement of the fleet, a renewal that is overdue and an unexpected certificate add to a scrape.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/metrics/self_metrics.hpp"
#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using std::chrono::days;
using test::at;
using test::expose;
using test::family;
using test::kNow;
using test::run;
using testing::HasSubstr;
using testing::Not;

TEST(JudgementExposition, OutliersHaveASeriesADimension) {
  fleet::ResultStore store;
  store.put_endpoint({"ts09:3389", ""}, test::target("ts09:3389"), kNow);
  store.put_endpoint({"ts10:3389", ""}, test::target("ts10:3389"), kNow);
  EXPECT_EQ(family(expose(store), "rdp_target_outlier"), "");
  auto options = test::options();
  options.judgement = test::judgement_with_outlier({"ts10:3389", ""});
  EXPECT_EQ(family(expose(store, options), "rdp_target_outlier"),
            "rdp_target_outlier{target=\"ts10:3389\",group=\"rdsh\",dimension=\"certificate\"} 1\n");
  store.remove_endpoint({"ts10:3389", ""});
  EXPECT_EQ(family(expose(store, options), "rdp_target_outlier"), "") << "a removed target is no outlier";
}

TEST(JudgementExposition, PathFailuresComeAndGo) {
  SelfMetrics self({"v", "r", "c", "t"});
  EXPECT_THAT(self.render(), HasSubstr("rdpwatch_prober_blind 0\n"));
  EXPECT_THAT(self.render(), HasSubstr("rdpwatch_prober_clock_wrong 0\n"));
  EXPECT_THAT(self.render(), Not(HasSubstr("rdp_path_failure_members{")));
  self.judged(*test::judgement_with_outlier({"ts10:3389", ""}, "fra1"));
  EXPECT_THAT(self.render(), HasSubstr("rdp_path_failure_members{name=\"fra1\",scope=\"site\"} 3\n"));
  self.judged(*test::judgement_with_outlier({"ts10:3389", ""}, "fra1"));
  self.judged(*test::judgement_with_outlier({"ts10:3389", ""}, "ams2"));
  EXPECT_THAT(self.render(), HasSubstr("rdp_path_failure_members{name=\"ams2\",scope=\"site\"} 3\n"));
  EXPECT_THAT(self.render(), Not(HasSubstr("fra1")));
  self.judged(fleet::FleetJudgement());
  EXPECT_THAT(self.render(), Not(HasSubstr("rdp_path_failure_members{")));
}

TEST(JudgementExposition, TheProberItself) {
  const auto member = [](const std::string& name) {
    auto state = std::make_shared<fleet::TargetState>();
    state->key = {name, ""};
    state->target = test::target(name);
    state->status = fleet::TargetStatus::down;
    state->consecutive_failures = 1;
    state->failing_since = kNow;
    state->last_run = kNow;
    state->last_success = kNow - std::chrono::seconds(60);
    state->clock.skew = handshake::Seconds(90);
    return state;
  };
  std::vector<fleet::StatePtr> fleet;
  for (int i = 0; i < 5; ++i) fleet.push_back(member("h" + std::to_string(i)));
  SelfMetrics self({"v", "r", "c", "t"});
  self.judged(fleet::FleetJudgement(fleet, kNow));
  EXPECT_THAT(self.render(), HasSubstr("rdpwatch_prober_blind 1\n"));
  EXPECT_THAT(self.render(), HasSubstr("rdpwatch_prober_clock_wrong 1\n"));
}

class CertificateExposition : public testing::Test {
 protected:
  void SetUp() override { store_.put_endpoint(key_, test::target("ts01:3389"), at(999000)); }

  void see(const std::string& fingerprint, fleet::WallTime from, double when) {
    auto result = test::success();
    result.findings.clear();
    result.certificate->sha256 = fingerprint;
    result.certificate->self_signed = true;
    result.certificate->not_before = from;
    result.certificate->not_after = from + days(183);
    store_.record(key_, run(std::move(result), when));
  }

  std::string scraped(const std::string& name, fleet::WallTime now = kNow) const {
    auto options = test::options();
    options.now = now;
    return family(expose(store_, options), name);
  }

  fleet::EndpointKey key_{"ts01:3389", ""};
  fleet::ResultStore store_;
};

TEST_F(CertificateExposition, ARenewalIsOverdueByTheTimeOfTheScrape) {
  see("aa", kNow - days(100), 999060);
  const std::string series = "rdp_cert_renewal_overdue{target=\"ts01:3389\",group=\"rdsh\"} ";
  EXPECT_EQ(scraped("rdp_cert_renewal_overdue"), series + "0\n");
  EXPECT_EQ(scraped("rdp_cert_renewal_overdue", kNow + days(76)), series + "1\n");
  EXPECT_EQ(scraped("rdp_cert_renewal_overdue", kNow + days(84)), series + "0\n") << "it has expired";
  store_.record(key_, run(test::reset_in_tls(), 999120));
  EXPECT_EQ(scraped("rdp_cert_renewal_overdue", kNow + days(76)), series + "1\n") << "also while it is down";
}

TEST_F(CertificateExposition, AnUnexpectedChangeIsAFindingForADayAndATimeForEver) {
  const std::string series =
      "rdp_cert_unexpected_change_timestamp_seconds{target=\"ts01:3389\",group=\"rdsh\"} ";
  see("aa", kNow - days(100), 999060);
  EXPECT_EQ(scraped("rdp_cert_unexpected_change_timestamp_seconds"), series + "0\n");
  EXPECT_EQ(scraped("rdp_finding"), "");
  see("bb", kNow - days(1), 999120.5);
  EXPECT_EQ(scraped("rdp_cert_unexpected_change_timestamp_seconds"), series + "999120.5\n");
  const std::string finding =
      "rdp_finding{target=\"ts01:3389\",group=\"rdsh\",finding=\"certificate_changed\"} 1\n";
  EXPECT_EQ(scraped("rdp_finding"), finding);
  EXPECT_EQ(scraped("rdp_finding", at(999120.4) + days(1)), finding);
  EXPECT_EQ(scraped("rdp_finding", at(999120.5) + days(1)), "");
  EXPECT_EQ(scraped("rdp_cert_unexpected_change_timestamp_seconds", kNow + days(1)), series + "999120.5\n");
  store_.remove_endpoint(key_);
  EXPECT_EQ(scraped("rdp_cert_unexpected_change_timestamp_seconds"), "");
}

}  // namespace
}  // namespace rdpwatch::metrics
