#include "daemon/metrics/self_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using testing::HasSubstr;
using testing::Not;

const BuildInfo kBuild{"1.2.3", "abc", "GCC 12", "OpenSSL 3"};

class SelfMetricsTest : public testing::Test {
 protected:
  SelfMetrics self_{kBuild};
};

TEST_F(SelfMetricsTest, SaysWhatItWasBuiltFrom) {
  EXPECT_THAT(self_.render(),
              HasSubstr("# HELP rdpwatch_build_info Always 1; what this program was built from.\n"
                        "# TYPE rdpwatch_build_info gauge\n"
                        "rdpwatch_build_info{compiler=\"GCC 12\",revision=\"abc\",tls_library=\"OpenSSL "
                        "3\",version=\"1.2.3\"} "
                        "1\n"));
}

TEST_F(SelfMetricsTest, AModuleHasEveryReasonFromZero) {
  self_.set_modules({"tls"});
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_total{module=\"tls\"} 0\n"));
  for (const auto& reason : handshake::kReasons) {
    EXPECT_THAT(text, HasSubstr("rdpwatch_probe_failures_total{module=\"tls\",reason=\"" +
                                std::string(reason.name) + "\"} 0\n"));
  }
}

TEST_F(SelfMetricsTest, RunsAreCountedByModuleAndReason) {
  self_.set_modules({"tls", "tcp"});
  self_.run_done("tls", std::nullopt);
  self_.run_done("tls", FailureReason::timeout);
  self_.run_done("gone", FailureReason::timeout);
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_total{module=\"tls\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_total{module=\"tcp\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probe_failures_total{module=\"tls\",reason=\"timeout\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probe_failures_total{module=\"tcp\",reason=\"timeout\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("gone")));
}

TEST_F(SelfMetricsTest, ModulesOfAReloadKeepWhatTheyHave) {
  self_.set_modules({"tls", "tcp"});
  self_.run_done("tls", std::nullopt);
  self_.set_modules({"tls", "negotiate"});
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_total{module=\"tls\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_total{module=\"negotiate\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"tcp\"")));
}

TEST_F(SelfMetricsTest, EventsAreCountedByTypeFromZero) {
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_events_total{type=\"certificate_renewed\"} 0\n"));
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_events_dropped_total 0\n"));
  self_.event_noted(events::EventType::target_down);
  self_.event_noted(events::EventType::target_down);
  self_.events_dropped(3);
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_events_total{type=\"target_down\"} 2\n"));
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_events_dropped_total 3\n"));
}

TEST_F(SelfMetricsTest, LocalFaultsAreCountedByTheSystemsName) {
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_probe_local_errors_total{cause=\"EMFILE\"} 0\n"));
  self_.local_fault({Phase::connect, FailureReason::local_resources, "", EMFILE});
  self_.local_fault({Phase::connect, FailureReason::local_resources, "", 99999});
  self_.local_fault({Phase::connect, FailureReason::local_resources, "", {}});
  self_.local_fault({Phase::tls, FailureReason::internal_error, "", {}});
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_probe_local_errors_total{cause=\"EMFILE\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probe_local_errors_total{cause=\"other\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probe_local_errors_total{cause=\"internal_error\"} 1\n"));
}

TEST_F(SelfMetricsTest, GaugesOfTheScheduler) {
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_probes_skipped_total{cause=\"rate_cap\"} 0\n"));
  self_.attempt_started();
  self_.attempt_started();
  self_.attempt_ended();
  self_.run_skipped("still_running");
  self_.schedule_lag(std::chrono::milliseconds(30));
  self_.schedule_lag(std::chrono::milliseconds(-5));
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_in_flight 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_probes_skipped_total{cause=\"still_running\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_schedule_lag_seconds_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_schedule_lag_seconds_bucket{le=\"0.05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_schedule_lag_seconds_bucket{le=\"60\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_schedule_lag_seconds_sum 0.03\n"));
}

TEST_F(SelfMetricsTest, AFailedReloadKeepsTheTimeOfTheLastGoodOne) {
  self_.config_loaded(true, test::at(1764000000.5));
  self_.config_loaded(false, test::at(1764000100));
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_config_last_reload_successful 0\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_config_last_reload_success_timestamp_seconds 1764000000.5\n"));
}

TEST_F(SelfMetricsTest, InventoryAndDiscovery) {
  self_.set_targets({{"static", 3}, {"file_sd", 0}});
  self_.set_held_changes(1);
  self_.sd_refreshed("file_sd", test::at(100));
  self_.set_shard(1, 3);
  auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_targets{source=\"static\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_targets{source=\"file_sd\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_inventory_held_changes 1\n"));
  EXPECT_THAT(text,
              HasSubstr("rdpwatch_sd_last_refresh_success_timestamp_seconds{mechanism=\"file_sd\"} 100\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_sd_refresh_failures_total{mechanism=\"file_sd\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_shard 1\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_shards 3\n"));
  self_.sd_refresh_failed("file_sd");
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_sd_refresh_failures_total{mechanism=\"file_sd\"} 1\n"));
}

TEST_F(SelfMetricsTest, ScrapesAndWhatTheyLeftOut) {
  EXPECT_THAT(self_.render(), HasSubstr("rdpwatch_series_dropped_total{family=\"rdp_cert_info\"} 0\n"));
  self_.exposition_done(std::chrono::milliseconds(120), 5000, 42);
  self_.exposition_done(std::chrono::milliseconds(250), 6000, std::nullopt);
  self_.series_dropped("rdp_cert_info", 7);
  const auto text = self_.render();
  EXPECT_THAT(text, HasSubstr("rdpwatch_exposition_duration_seconds 0.25\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_exposition_bytes 6000\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_series 42\n"));
  EXPECT_THAT(text, HasSubstr("rdpwatch_series_dropped_total{family=\"rdp_cert_info\"} 7\n"));
}

/// The value of a family's only sample, which has no labels; a number that nothing here has when it is
/// missing.
double value(const std::string& text, const std::string& name) {
  const auto line = text.find("\n" + name + " ");
  return line == std::string::npos ? -1e9 : std::stod(text.substr(line + name.size() + 2));
}

TEST_F(SelfMetricsTest, TheProcessItself) {
  const auto text = self_.render();
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(value(text, "process_cpu_seconds_total"), 0);
  EXPECT_GE(value(text, "process_open_fds"), 3);
  EXPECT_LT(value(text, "process_open_fds"), value(text, "process_max_fds"));
  EXPECT_GT(value(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value(text, "process_virtual_memory_bytes"), value(text, "process_resident_memory_bytes"));
  EXPECT_GE(value(text, "process_threads"), 1);
  EXPECT_NEAR(value(text, "process_start_time_seconds"), now, 120);
}

}  // namespace
}  // namespace rdpwatch::metrics
