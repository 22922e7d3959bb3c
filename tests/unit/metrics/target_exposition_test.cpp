#include "daemon/metrics/target_exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/recipes.hpp"
#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using test::at;
using test::expose;
using test::family;
using test::run;
using test::samples;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(TargetExposition, BeforeTheFirstRunThereIsWhatIsKnown) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000.5));
  EXPECT_EQ(samples(expose(store)), R"(rdp_target_state{target="ts01:3389",group="rdsh",state="unknown"} 1
rdp_target_state_since_timestamp_seconds{target="ts01:3389",group="rdsh"} 999000.5
rdp_target_maintenance{target="ts01:3389",group="rdsh"} 0
rdp_target_info{target="ts01:3389",group="rdsh",address="",module="tls"} 1
rdp_probe_interval_seconds{target="ts01:3389",group="rdsh"} 60
rdp_probes_total{target="ts01:3389",group="rdsh"} 0
rdp_probe_failures_total{target="ts01:3389",group="rdsh"} 0
rdp_probe_attempts_total{target="ts01:3389",group="rdsh"} 0
rdp_probe_attempt_failures_total{target="ts01:3389",group="rdsh"} 0
rdp_probe_consecutive_failures{target="ts01:3389",group="rdsh"} 0
rdp_cert_changes_total{target="ts01:3389",group="rdsh"} 0
)");
}

TEST(TargetExposition, AHealthyTargetInFull) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389", {{"site", "fra1"}}), at(999000));
  store.record({"ts01:3389", ""}, run(test::success(), 999060.25));
  EXPECT_EQ(samples(expose(store)), R"(rdp_probe_success{target="ts01:3389",group="rdsh",site="fra1"} 1
rdp_target_state{target="ts01:3389",group="rdsh",site="fra1",state="up"} 1
rdp_target_state_since_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 999060.25
rdp_target_maintenance{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_target_info{target="ts01:3389",group="rdsh",site="fra1",address="10.0.0.9:3389",module="tls"} 1
rdp_probe_interval_seconds{target="ts01:3389",group="rdsh",site="fra1"} 60
rdp_probe_duration_seconds{target="ts01:3389",group="rdsh",site="fra1"} 0.041
rdp_probe_phase_duration_seconds{target="ts01:3389",group="rdsh",site="fra1",phase="connect"} 0.011
rdp_probe_phase_duration_seconds{target="ts01:3389",group="rdsh",site="fra1",phase="tls"} 0.01325
rdp_probes_total{target="ts01:3389",group="rdsh",site="fra1"} 1
rdp_probe_failures_total{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_probe_attempts_total{target="ts01:3389",group="rdsh",site="fra1"} 1
rdp_probe_attempt_failures_total{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_probe_consecutive_failures{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_probe_last_run_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 999060.25
rdp_probe_last_success_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 999060.25
rdp_cert_not_after_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 9052480
rdp_cert_not_before_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 913600
rdp_cert_days_to_expiry{target="ts01:3389",group="rdsh",site="fra1"} 93.2
rdp_cert_last_seen_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 999060.25
rdp_cert_changes_total{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_cert_info{target="ts01:3389",group="rdsh",site="fra1",subject_cn="ts01",issuer_cn="Corp \"CA\"",fingerprint_sha256="9f00",key="RSA 2048",signature_algorithm="sha256WithRSAEncryption",self_signed="false"} 1
rdp_cert_problem{target="ts01:3389",group="rdsh",site="fra1",problem="name_mismatch"} 1
rdp_cert_renewal_overdue{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_cert_unexpected_change_timestamp_seconds{target="ts01:3389",group="rdsh",site="fra1"} 0
rdp_security_info{target="ts01:3389",group="rdsh",site="fra1",selected="hybrid_ex",tls_version="TLSv1.2",cipher="ECDHE-RSA-AES256-GCM-SHA384"} 1
rdp_finding{target="ts01:3389",group="rdsh",site="fra1",finding="nla_not_required"} 1
rdp_tcp_rtt_seconds{target="ts01:3389",group="rdsh",site="fra1"} 0.0115
rdp_tcp_retransmits{target="ts01:3389",group="rdsh",site="fra1"} 2
)");
}

TEST(TargetExposition, AFailureKeepsTheCertificateAndSaysWhereAndWhy) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", ""}, run(test::success(), 999060));
  store.record({"ts01:3389", ""}, run(test::reset_in_tls(), 999120));
  const auto text = expose(store);
  EXPECT_EQ(family(text, "rdp_probe_failure_reason"),
            "rdp_probe_failure_reason{target=\"ts01:3389\",group=\"rdsh\",phase=\"tls\",reason=\"connection_"
            "reset\","
            "category=\"network\",client_error=\"0x904/0x7\"} 1\n");
  EXPECT_EQ(family(text, "rdp_probe_success"), "rdp_probe_success{target=\"ts01:3389\",group=\"rdsh\"} 0\n");
  EXPECT_EQ(family(text, "rdp_target_state"),
            "rdp_target_state{target=\"ts01:3389\",group=\"rdsh\",state=\"down\"} 1\n");
  EXPECT_EQ(family(text, "rdp_cert_not_after_timestamp_seconds"),
            "rdp_cert_not_after_timestamp_seconds{target=\"ts01:3389\",group=\"rdsh\"} 9052480\n");
  EXPECT_EQ(family(text, "rdp_cert_last_seen_timestamp_seconds"),
            "rdp_cert_last_seen_timestamp_seconds{target=\"ts01:3389\",group=\"rdsh\"} 999060\n");
  EXPECT_EQ(family(text, "rdp_probe_last_success_timestamp_seconds"),
            "rdp_probe_last_success_timestamp_seconds{target=\"ts01:3389\",group=\"rdsh\"} 999060\n");
  EXPECT_EQ(
      family(text, "rdp_target_info"),
      "rdp_target_info{target=\"ts01:3389\",group=\"rdsh\",address=\"10.0.0.9:3389\",module=\"tls\"} 1\n");
  EXPECT_EQ(family(text, "rdp_security_info"), "");
  EXPECT_THAT(text, Not(HasSubstr("free text")));
}

TEST(TargetExposition, ATargetThatNeverSucceededHasASeriesThatSaysSo) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", ""}, run(test::reset_in_tls(), 999120));
  EXPECT_EQ(family(expose(store), "rdp_probe_last_success_timestamp_seconds"),
            "rdp_probe_last_success_timestamp_seconds{target=\"ts01:3389\",group=\"rdsh\"} 0\n");
}

TEST(TargetExposition, ValidityIsJudgedAtTheScrape) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", ""}, run(test::success(), 999060));
  auto later = test::options();
  later.now = at(9052480 + 86400 * 2.5);
  const auto text = expose(store, later);
  EXPECT_EQ(family(text, "rdp_cert_problem"),
            "rdp_cert_problem{target=\"ts01:3389\",group=\"rdsh\",problem=\"expired\"} 1\n"
            "rdp_cert_problem{target=\"ts01:3389\",group=\"rdsh\",problem=\"name_mismatch\"} 1\n");
  EXPECT_EQ(family(text, "rdp_cert_days_to_expiry"),
            "rdp_cert_days_to_expiry{target=\"ts01:3389\",group=\"rdsh\"} -2.5\n");
}

TEST(TargetExposition, AnExpandedEndpointHasItsAddressOnce) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", "10.0.0.9"}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", "10.0.0.9"}, run(test::success(), 999060));
  EXPECT_EQ(family(expose(store), "rdp_target_info"),
            "rdp_target_info{target=\"ts01:3389\",group=\"rdsh\",address=\"10.0.0.9\",module=\"tls\"} 1\n");
}

TEST(TargetExposition, ATcpModuleHasNoCertificateSeries) {
  fleet::ResultStore store;
  inventory::Target tcp(*test::target("ts01:3389"));
  tcp.recipe = rdpwatch::test::recipe_of("tcp", handshake::Depth::tcp);
  store.put_endpoint({"ts01:3389", ""}, std::make_shared<const inventory::Target>(tcp), at(999000));
  EXPECT_THAT(expose(store), Not(HasSubstr("rdp_cert_")));
}

TEST(TargetExposition, EveryDepthFromTlsOnCountsCertificates) {
  using handshake::Depth;
  for (const Depth depth : {Depth::tls, Depth::nla, Depth::licensing}) {
    fleet::ResultStore store;
    inventory::Target deep(*test::target("ts01:3389"));
    deep.recipe = rdpwatch::test::recipe_of("deep", depth);
    store.put_endpoint({"ts01:3389", ""}, std::make_shared<const inventory::Target>(deep), at(999000));
    EXPECT_THAT(expose(store), HasSubstr("rdp_cert_changes_total{target=\"ts01:3389\",group=\"rdsh\"} 0\n"))
        << handshake::name(depth);
  }
}

TEST(TargetExposition, WhatTheHostSaysOfItself) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", ""}, run(test::success_with_nla(), 999060));
  const auto text = expose(store);
  const std::string info =
      "rdp_host_info{target=\"ts01:3389\",group=\"rdsh\",computer=\"ts01.corp.example.com\","
      "domain=\"corp.example.com\",os_build=\"10.0.20348\",os_name=\"Windows Server 2022\"} 1\n";
  const std::string mismatch = "rdp_host_name_mismatch{target=\"ts01:3389\",group=\"rdsh\"} 0\n";
  EXPECT_EQ(family(text, "rdp_host_info"), info);
  EXPECT_EQ(family(text, "rdp_host_name_mismatch"), mismatch);
  EXPECT_EQ(family(text, "rdp_host_clock_skew_seconds"),
            "rdp_host_clock_skew_seconds{target=\"ts01:3389\",group=\"rdsh\"} 0.2\n");

  store.record({"ts01:3389", ""}, run(test::reset_in_tls(), 999120));
  const auto down = expose(store);
  EXPECT_EQ(family(down, "rdp_host_info"), info) << "also while it is down";
  EXPECT_EQ(family(down, "rdp_host_name_mismatch"), mismatch);
  EXPECT_EQ(family(down, "rdp_host_clock_skew_seconds"), "") << "of the last run only";
}

TEST(TargetExposition, AHostWithoutDnsNamesHasItsNetbiosNames) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  auto result = test::success_with_nla();
  result.host->dns_computer.clear();
  result.host->dns_domain.clear();
  result.host->os_name.clear();
  result.host->clock_skew = handshake::Seconds(-7200.06);
  result.host->name_mismatch = true;
  store.record({"ts01:3389", ""}, run(result, 999060));
  const auto text = expose(store);
  EXPECT_EQ(family(text, "rdp_host_info"),
            "rdp_host_info{target=\"ts01:3389\",group=\"rdsh\",computer=\"TS01\",domain=\"CORP\","
            "os_build=\"10.0.20348\",os_name=\"\"} 1\n");
  EXPECT_EQ(family(text, "rdp_host_name_mismatch"),
            "rdp_host_name_mismatch{target=\"ts01:3389\",group=\"rdsh\"} 1\n");
  EXPECT_EQ(family(text, "rdp_host_clock_skew_seconds"),
            "rdp_host_clock_skew_seconds{target=\"ts01:3389\",group=\"rdsh\"} -7200.1\n");
  result.host->name_mismatch.reset();
  store.record({"ts01:3389", ""}, run(result, 999120));
  EXPECT_EQ(family(expose(store), "rdp_host_name_mismatch"), "") << "only when judged";
}

TEST(TargetExposition, TwoHellosThatAgreeGiveTheClockAndItsFindingOnce) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  auto result = test::success();
  result.hello_clock_skew = handshake::Seconds(7200);
  store.record({"ts01:3389", ""}, run(result, 999060));
  EXPECT_EQ(family(expose(store), "rdp_host_clock_skew_seconds"), "");
  store.record({"ts01:3389", ""}, run(result, 999120));
  EXPECT_EQ(family(expose(store), "rdp_host_clock_skew_seconds"),
            "rdp_host_clock_skew_seconds{target=\"ts01:3389\",group=\"rdsh\"} 7200\n");
  const std::string findings =
      "rdp_finding{target=\"ts01:3389\",group=\"rdsh\",finding=\"nla_not_required\"} 1\n"
      "rdp_finding{target=\"ts01:3389\",group=\"rdsh\",finding=\"clock_skew\"} 1\n";
  EXPECT_EQ(family(expose(store), "rdp_finding"), findings);
  result.findings.emplace_back("clock_skew");
  store.record({"ts01:3389", ""}, run(result, 999180));
  EXPECT_EQ(family(expose(store), "rdp_finding"), findings) << "the probe's own and the store's are one";
}

TEST(TargetExposition, FamiliesAreGroupedWithOneHelpAndType) {
  fleet::ResultStore store;
  for (const char* name : {"b:3389", "a:3389"}) {
    store.put_endpoint({name, ""}, test::target(name), at(999000));
    store.record({name, ""}, run(test::success(), 999060));
  }
  const auto text = expose(store);
  EXPECT_TRUE(text.starts_with(R"(# HELP rdp_probe_success Verdict of the last run: 1 success, 0 failure.
# TYPE rdp_probe_success gauge
rdp_probe_success{target="a:3389",group="rdsh"} 1
rdp_probe_success{target="b:3389",group="rdsh"} 1
# HELP rdp_target_state )"));
  EXPECT_THAT(text, HasSubstr("# TYPE rdp_probes_total counter\n"));
}

TEST(TargetExposition, AMaintenanceIsThereWhateverTheState) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", ""}, run(test::success(), 999060));
  const auto maintenance = std::make_shared<const fleet::Maintenance>();
  store.set_coverage([maintenance](const inventory::Target&) { return maintenance; }, at(999070));
  EXPECT_EQ(family(expose(store), "rdp_target_maintenance"),
            "rdp_target_maintenance{target=\"ts01:3389\",group=\"rdsh\"} 1\n");
  EXPECT_THAT(expose(store), HasSubstr("state=\"up\"} 1\n"));
  store.record({"ts01:3389", ""}, run(test::reset_in_tls(), 999120));
  EXPECT_EQ(family(expose(store), "rdp_target_state"),
            "rdp_target_state{target=\"ts01:3389\",group=\"rdsh\",state=\"maintenance\"} 1\n");
}

TEST(TargetExposition, WhatTheInventoryShouldLoseIsSaidWithItsReason) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389"), at(999000));
  store.record({"ts01:3389", ""}, run(test::reset_in_tls(), 999060));
  EXPECT_EQ(family(expose(store), "rdp_target_clean_up"), "");
  auto later = test::options();
  later.now = at(999000 + 86400);
  EXPECT_EQ(family(expose(store, later), "rdp_target_clean_up"),
            "rdp_target_clean_up{target=\"ts01:3389\",group=\"rdsh\",reason=\"never_up\"} 1\n");
}

TEST(TargetExposition, LabelsAreEscaped) {
  fleet::ResultStore store;
  store.put_endpoint({"ts01:3389", ""}, test::target("ts01:3389", {{"note", "a\"b\\c\nd"}}), at(999000));
  auto result = test::success();
  result.certificate->subject_cn = "evil\"} 1\nup{x=\"\xFF";
  store.record({"ts01:3389", ""}, run(result, 999060));
  const auto text = expose(store);
  EXPECT_THAT(text, HasSubstr(R"(rdp_probe_success{target="ts01:3389",group="rdsh",note="a\"b\\c\nd"} 1)"));
  EXPECT_THAT(text, HasSubstr("subject_cn=\"evil\\\"} 1\\nup{x=\\\"\xEF\xBF\xBD\","));
}

TEST(TargetExposition, ARemovedTargetIsGone) {
  fleet::ResultStore store;
  store.put_endpoint({"a:3389", ""}, test::target("a:3389"), at(999000));
  store.put_endpoint({"b:3389", ""}, test::target("b:3389"), at(999000));
  EXPECT_THAT(expose(store), HasSubstr("a:3389"));
  store.remove_endpoint({"a:3389", ""});
  EXPECT_THAT(expose(store), Not(HasSubstr("a:3389")));
  store.remove_endpoint({"b:3389", ""});
  EXPECT_EQ(expose(store), "");
}

TEST(TargetExposition, ALargeFleetComesInPieces) {
  fleet::ResultStore store;
  for (int i = 0; i < 3000; ++i) {
    const auto name = "ts" + std::to_string(i) + ":3389";
    store.put_endpoint({name, ""}, test::target(name), at(999000));
  }
  TargetExposition exposition(store.snapshot(), test::options());
  std::size_t pieces = 0;
  std::string text;
  for (auto piece = exposition.next(); !piece.empty(); piece = exposition.next()) {
    EXPECT_LT(piece.size(), 80u * 1024);
    EXPECT_EQ(piece.back(), '\n');
    text.append(piece);
    ++pieces;
  }
  EXPECT_GT(pieces, 10u);
  EXPECT_EQ(exposition.series(), 33000u);
  EXPECT_EQ(exposition.next(), "");
  std::istringstream lines(text);
  int help = 0;
  for (std::string line; std::getline(lines, line);) help += line.starts_with("# HELP") ? 1 : 0;
  EXPECT_EQ(help, 11);
}

class MaxSeriesTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a:3389", "b:3389"}) {
      store_.put_endpoint({name, ""}, test::target(name), at(999000));
      store_.record({name, ""}, run(test::success(), 999060));
    }
  }

  TargetExposition limited(std::uint64_t max_series) const {
    auto with = test::options();
    with.max_series = max_series;
    return TargetExposition(store_.snapshot(), with);
  }

  fleet::ResultStore store_;
};

TEST_F(MaxSeriesTest, NothingGoesWhileItFits) {
  auto exposition = limited(58);
  test::all_of(exposition);
  EXPECT_EQ(exposition.series(), 58u);
  EXPECT_TRUE(exposition.dropped().empty());
}

TEST_F(MaxSeriesTest, WholeFamiliesGoInTheCataloguesOrder) {
  auto exposition = limited(53);
  const auto text = test::all_of(exposition);
  ASSERT_EQ(exposition.dropped().size(), 3u);
  EXPECT_EQ(exposition.dropped()[0].family, "rdp_cert_info");
  EXPECT_EQ(exposition.dropped()[0].series, 2u);
  EXPECT_EQ(exposition.dropped()[1].family, "rdp_security_info");
  EXPECT_EQ(exposition.dropped()[2].family, "rdp_target_info");
  EXPECT_EQ(exposition.series(), 52u);
  EXPECT_THAT(text, Not(HasSubstr("rdp_cert_info")));
  EXPECT_THAT(text, HasSubstr("rdp_probe_phase_duration_seconds"));
}

TEST_F(MaxSeriesTest, SuccessStateMaintenanceAndExpiryNeverGo) {
  auto exposition = limited(1);
  EXPECT_EQ(samples(test::all_of(exposition)), R"(rdp_probe_success{target="a:3389",group="rdsh"} 1
rdp_probe_success{target="b:3389",group="rdsh"} 1
rdp_target_state{target="a:3389",group="rdsh",state="up"} 1
rdp_target_state{target="b:3389",group="rdsh",state="up"} 1
rdp_target_maintenance{target="a:3389",group="rdsh"} 0
rdp_target_maintenance{target="b:3389",group="rdsh"} 0
rdp_cert_not_after_timestamp_seconds{target="a:3389",group="rdsh"} 9052480
rdp_cert_not_after_timestamp_seconds{target="b:3389",group="rdsh"} 9052480
)");
}

}  // namespace
}  // namespace rdpwatch::metrics
