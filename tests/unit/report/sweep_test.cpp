#include "daemon/report/sweep.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "daemon/report/json_text.hpp"
#include "daemon/report/sweep_csv.hpp"
#include "daemon/report/sweep_json.hpp"
#include "daemon/report/sweep_text.hpp"
#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {
namespace {

using namespace std::chrono_literals;
using handshake::CertificateProblem;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

ProbeResult named(std::string target, ProbeResult result) {
  result.target = std::move(target);
  return result;
}

ProbeResult taking(handshake::Duration duration, ProbeResult result) {
  result.duration = duration;
  return result;
}

ProbeResult expiring(double days, ProbeResult result) {
  result.certificate = certificate(days);
  return result;
}

Sweep ten_hosts() {
  Sweep sweep;
  sweep.started = start_time();
  sweep.duration = 12s;
  sweep.planned = 10;
  auto mismatch = named("ts06:3389", healthy());
  mismatch.certificate->problems = {CertificateProblem::self_signed, CertificateProblem::name_mismatch};
  sweep.results = {named("ts01:3389", taking(20ms, healthy())),
                   named("ts02:3389", taking(90ms, healthy())),
                   named("ts03:3389", expiring(15, healthy())),
                   named("ts04:3389", expiring(-2, healthy())),
                   named("ts05:3389", expiring(3, healthy())),
                   mismatch,
                   named("ts09:3389", reset_after_client_hello()),
                   named("ts08:3389", reset_after_client_hello()),
                   named("ts07:3389", failed(Phase::resolve, FailureReason::name_not_found)),
                   named("ts10:3389", failed(Phase::connect, FailureReason::local_resources))};
  return sweep;
}

TEST(Sweep, worst_first) {
  const Sweep sweep = ten_hosts();
  const SweepSummary summary = summarize(sweep);
  std::string order;
  for (const auto* result : summary.worst_first) order += result->target.substr(2, 2) + " ";
  EXPECT_EQ(order, "08 09 07 04 05 10 03 06 02 01 ");
  EXPECT_EQ(summary.count(State::failed), 3U);
  EXPECT_EQ(summary.count(State::critical), 2U);
  EXPECT_EQ(summary.count(State::unknown), 1U);
  EXPECT_EQ(summary.count(State::warning), 2U);
  EXPECT_EQ(summary.count(State::ok), 2U);
}

TEST(Sweep, text) {
  const Sweep sweep = ten_hosts();
  EXPECT_EQ(to_text(sweep, summarize(sweep), {}),
            R"(FAILED in tls: connection_reset (2 hosts, a client shows 0x904/0x7)
  the connection was reset (RST)
  ts08:3389  reset 12 ms after ClientHello, 0 bytes received
  ts09:3389  reset 12 ms after ClientHello, 0 bytes received

FAILED in resolve: name_not_found (1 host, a client shows 0x104)
  the name does not exist (NXDOMAIN) or has no address (NODATA)
  ts07:3389

CERTIFICATES (4 hosts)
  ts04:3389  expired 2 days ago (critical)
  ts05:3389  3 days left (critical)
  ts03:3389  15 days left
  ts06:3389  93.2 days left, name_mismatch

UNKNOWN: not the hosts' fault
  ts10:3389  local_resources in connect

Slowest
  ts02:3389    90 ms, 17 ms of it in tls
  ts03:3389    41 ms, 17 ms of it in tls
  ts04:3389    41 ms, 17 ms of it in tls
  ts05:3389    41 ms, 17 ms of it in tls
  ts06:3389    41 ms, 17 ms of it in tls

Totals
  states    FAILED 3, CRITICAL 2, UNKNOWN 1, WARNING 2, OK 2
  reasons   connection_reset in tls 2, name_not_found in resolve 1
  probed    10 endpoints in 12 s
)");
}

TEST(Sweep, interrupted_before_the_first_result) {
  Sweep sweep;
  sweep.planned = 3;
  sweep.interrupted = true;
  sweep.duration = 150ms;
  EXPECT_EQ(to_text(sweep, summarize(sweep), {}),
            "Totals\n  states    FAILED 0, CRITICAL 0, UNKNOWN 0, WARNING 0, OK 0\n"
            "  probed    0 endpoints in 150 ms, interrupted, 3 were planned\n");
  EXPECT_EQ(exit_code(sweep, summarize(sweep)), 3);
}

TEST(Sweep, addresses_of_one_target_are_told_apart) {
  Sweep sweep;
  auto first = named("farm:3389", reset_after_client_hello());
  auto second = first;
  first.address = "10.0.0.2:3389";
  second.address = "10.0.0.1:3389";
  sweep.results = {first, second};
  const std::string text = to_text(sweep, summarize(sweep), {});
  EXPECT_NE(text.find("\n  farm:3389 at 10.0.0.1:3389  reset"), std::string::npos) << text;
  EXPECT_LT(text.find("10.0.0.1"), text.find("10.0.0.2"));
}

TEST(Sweep, lines_fit_the_width_and_carry_nothing_of_the_host_raw) {
  Sweep sweep;
  auto result = named(std::string(60, 'h') + ":3389", reset_after_client_hello());
  result.failure->detail = "\x1b[31m" + std::string(90, 'd') + "\nforged";
  sweep.results = {result};
  const std::string text = to_text(sweep, summarize(sweep), {});
  EXPECT_NE(text.find("\n  " + std::string(43, 'h') + "…  " + std::string(31, 'd') + "…\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\nforged"), std::string::npos);
}

TEST(Sweep, exit_codes) {
  const auto code = [](std::vector<ProbeResult> results) {
    Sweep sweep;
    sweep.results = std::move(results);
    return exit_code(sweep, summarize(sweep));
  };
  const auto local = failed(Phase::connect, FailureReason::local_resources);
  EXPECT_EQ(code({}), 0);
  EXPECT_EQ(code({healthy()}), 0);
  EXPECT_EQ(code({healthy(), expiring(15, healthy())}), 1);
  EXPECT_EQ(code({expiring(15, healthy()), local}), 3);
  EXPECT_EQ(code({local, expiring(5, healthy())}), 2);
  EXPECT_EQ(code({local, reset_after_client_hello()}), 2);
}

TEST(SweepJson, summary_and_results) {
  const Sweep sweep = ten_hosts();
  const SweepSummary summary = summarize(sweep);
  const auto parsed = boost::json::parse(to_text(to_json(sweep, summary), JsonLayout::indented)).as_object();
  EXPECT_EQ(parsed.at("schema"), "rdpwatch.sweep/1");
  EXPECT_EQ(parsed.at("started"), "2026-11-22T14:00:00.123Z");
  EXPECT_EQ(parsed.at("planned"), 10);
  EXPECT_EQ(parsed.at("interrupted"), false);
  EXPECT_EQ(parsed.at("summary"), boost::json::parse(R"({
    "states": { "failed": 3, "critical": 2, "unknown": 1, "warning": 2, "ok": 2 },
    "failures": [ { "phase": "tls", "reason": "connection_reset", "targets": 2 },
                  { "phase": "resolve", "reason": "name_not_found", "targets": 1 } ] })"));
  ASSERT_EQ(parsed.at("results").as_array().size(), 10U);
  EXPECT_EQ(parsed.at("results").at(0).at("target"), "ts08:3389");
  EXPECT_EQ(parsed.at("results").at(0).at("schema"), "rdpwatch.probe/1");
}

constexpr const char* kSweepHeader =
    "target,group,module,address,state,phase,reason,category,detail,client_error,started,duration_seconds,"
    "selected,"
    "tls_version,cipher,certificate_subject,certificate_issuer,certificate_sha256,certificate_not_after,"
    "certificate_days_to_expiry,certificate_problems,findings\r\n";

TEST(SweepCsv, rows) {
  Sweep sweep;
  auto mismatch = named("ts06:3389", expiring(-2.5, healthy()));
  mismatch.certificate->problems = {CertificateProblem::expired, CertificateProblem::name_mismatch};
  mismatch.certificate->subject = "CN=ts06,O=\"Ex, ample\"";
  mismatch.findings = {"several_addresses", "name_mismatch"};
  sweep.results = {mismatch, named("ts09:3389", reset_after_client_hello()), abandoned()};
  EXPECT_EQ(
      to_csv(summarize(sweep), {}),
      std::string(kSweepHeader) +
          "ts09:3389,rdsh-emea,tls,10.0.0.9:3389,failed,tls,connection_reset,network,\"reset 12 ms after "
          "ClientHello, 0 bytes received\",0x904/0x7,2026-11-22T14:00:00.123Z,0.036,hybrid_ex,,,,,,,,,\r\n"
          "ts06:3389,rdsh-emea,tls,10.0.0.9:3389,critical,,,,,,2026-11-22T14:00:00.123Z,0.041,hybrid_ex,"
          "TLSv1.2,"
          "ECDHE-RSA-AES256-GCM-SHA384,\"CN=ts06,O=\"\"Ex, ample\"\"\",CN=ts09,"
          "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08,2026-11-20T02:00:00Z,-2.5,"
          "expired "
          "name_mismatch,several_addresses name_mismatch\r\n"
          "ts09:3389,,tls,,unknown,,,,shutdown,,2026-11-22T14:00:00.123Z,0,,,,,,,,,,\r\n");
}

}  // namespace
}  // namespace rdpwatch::report
