// The series of one probe that was asked for.

#include "daemon/metrics/probe_exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string expose(const handshake::ProbeResult& result) {
  return probe_exposition(
      result, test::target("ts01:3389", {{"site", "fra1"}}), std::chrono::milliseconds(9500),
      [](const handshake::Failure&) { return "0x904/0x7"; }, test::kNow);
}

TEST(ProbeExposition, ASuccessHasOurNamesAndTheBlackboxExporters) {
  auto result = test::success();
  result.tls->version = handshake::TlsVersion::tls13;
  const std::string text = expose(result);
  for (const char* const line :
       {"\n# TYPE rdp_probe_success gauge\nrdp_probe_success 1\n", "\nrdp_probe_duration_seconds 0.041\n",
        "\nrdp_probe_phase_duration_seconds{phase=\"tls\"} 0.01325\n",
        "\nrdp_cert_not_after_timestamp_seconds 9052480\n", "\n# TYPE probe_success gauge\nprobe_success 1\n",
        "\nprobe_duration_seconds 0.041\n", "\nprobe_timeout_seconds 9.5\n", "\nprobe_ip_protocol 4\n",
        "\nprobe_ssl_earliest_cert_expiry 9052480\n", "\nprobe_tls_version_info{version=\"TLS 1.3\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ProbeExposition, TheScrapeBringsTheTargetsLabels) {
  const std::string text = expose(test::success());
  EXPECT_THAT(text, Not(HasSubstr("target=")));
  EXPECT_THAT(text, Not(HasSubstr("group=")));
  EXPECT_THAT(text, Not(HasSubstr("site=")));
}

TEST(ProbeExposition, AFailureSaysWhere) {
  auto result = test::reset_in_tls();
  result.address = "[2001:db8::9]:3389";
  const std::string text = expose(result);
  EXPECT_THAT(text, HasSubstr("\nprobe_success 0\n"));
  EXPECT_THAT(text, HasSubstr("\nprobe_ip_protocol 6\n"));
  EXPECT_THAT(text, HasSubstr("rdp_probe_failure_reason{phase=\"tls\",reason=\"connection_reset\","
                              "category=\"network\",client_error=\"0x904/0x7\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("probe_tls_version_info")));
}

TEST(ProbeExposition, OneProbeKnowsNoStateAndNoCounts) {
  const std::string text = expose(test::reset_in_tls());
  for (const char* const name : {"rdp_target_state", "rdp_probes_total", "rdp_probe_failures_total",
                                 "rdp_probe_last_run_timestamp_seconds", "rdp_diagnosis"}) {
    EXPECT_THAT(text, Not(HasSubstr(name)));
  }
}

}  // namespace
}  // namespace rdpwatch::metrics
