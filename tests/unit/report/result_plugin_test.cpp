#include "daemon/report/result_plugin.hpp"

#include <gtest/gtest.h>

#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {
namespace {

using handshake::CertificateProblem;
using handshake::FailureReason;
using handshake::Phase;

constexpr const char* kPhases =
    " | resolve=0.001s;;;0 connect=0.011s;;;0 negotiate=0.012s;;;0 tls=0.017s;;;0 days=";

std::string with_days(double days) {
  auto result = healthy();
  result.target = "ts09:3389";
  result.certificate = certificate(days);
  return to_plugin_line(result, {});
}

TEST(PluginLine, ok) {
  EXPECT_EQ(with_days(93.2),
            "RDP OK - ts09:3389 handshake 41 ms, certificate 93 days" + std::string(kPhases) + "93.2;21:;7:");
}

TEST(PluginLine, later_phases) {
  EXPECT_EQ(to_plugin_line(healthy_with_nla(), {}),
            "RDP OK - ts09.corp.example.com:3389 handshake 41 ms, certificate 93 days | resolve=0.001s;;;0 "
            "connect=0.011s;;;0 negotiate=0.012s;;;0 tls=0.017s;;;0 nla=0.004s;;;0 days=93.2;21:;7:");
  const std::string line = to_plugin_line(healthy_with_licensing(), {});
  EXPECT_EQ(line.substr(line.find(" mcs=")), " mcs=0.009s;;;0 licensing=0.03s;;;0 days=93.2;21:;7:");
  auto refused = failed(Phase::licensing, FailureReason::license_error);
  refused.failure->detail = "licensing ERROR_ALERT NO_LICENSE_SERVER (0x6)";
  refused.failure->number = 6;
  EXPECT_EQ(to_plugin_line(refused, {}),
            "RDP CRITICAL - ts09:3389 failed in licensing: license_error (licensing ERROR_ALERT "
            "NO_LICENSE_SERVER (0x6)), client error 0x808 | licensing=0.003s;;;0");
}

TEST(PluginLine, certificate_thresholds) {
  EXPECT_EQ(with_days(12.34),
            "RDP WARNING - ts09:3389 handshake 41 ms, certificate 12.3 days left (warning at 21)" +
                std::string(kPhases) + "12.3;21:;7:");
  EXPECT_EQ(with_days(3),
            "RDP CRITICAL - ts09:3389 handshake 41 ms, certificate 3 days left (critical at 7)" +
                std::string(kPhases) + "3;21:;7:");
  EXPECT_EQ(with_days(-2), "RDP CRITICAL - ts09:3389 handshake 41 ms, certificate expired 2 days ago" +
                               std::string(kPhases) + "-2;21:;7:");
}

TEST(PluginLine, certificate_problem) {
  auto result = healthy();
  result.certificate->problems = {CertificateProblem::self_signed, CertificateProblem::name_mismatch,
                                  CertificateProblem::weak_key};
  const std::string line = to_plugin_line(result, {});
  EXPECT_EQ(
      line.substr(0, line.find(" |")),
      "RDP WARNING - ts09.corp.example.com:3389 handshake 41 ms, certificate 93 days, certificate problems: "
      "name_mismatch weak_key");
}

TEST(PluginLine, failure) {
  EXPECT_EQ(to_plugin_line(reset_after_client_hello(), {}),
            "RDP CRITICAL - ts09.corp.example.com:3389 failed in tls: connection_reset (reset 12 ms after "
            "ClientHello, "
            "0 bytes received), client error 0x904/0x7 | resolve=0.001s;;;0 connect=0.011s;;;0 "
            "negotiate=0.012s;;;0 "
            "tls=0.012s;;;0");
}

TEST(PluginLine, unknown) {
  EXPECT_EQ(to_plugin_line(failed(Phase::connect, FailureReason::local_resources), {}),
            "RDP UNKNOWN - ts09:3389 fault of this machine in connect: local_resources | connect=0.003s;;;0");
  EXPECT_EQ(to_plugin_line(abandoned(), {}), "RDP UNKNOWN - ts09:3389 probe cut off: shutdown");
}

TEST(PluginLine, text_of_the_host_forges_neither_lines_nor_performance_data) {
  auto result = failed(Phase::negotiate, FailureReason::not_rdp);
  result.failure->detail = "SSH-2.0|x=1\nRDP OK - fine\x1b]0;title\x07";
  EXPECT_EQ(to_plugin_line(result, {}),
            "RDP CRITICAL - ts09:3389 failed in negotiate: not_rdp (SSH-2.0/x=1 RDP OK - fine), client error "
            "0x1104 | "
            "negotiate=0.003s;;;0");
}

}  // namespace
}  // namespace rdpwatch::report
