#include "daemon/report/words.hpp"

#include <gtest/gtest.h>

#include "daemon/report/first_check.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/version.hpp"

namespace rdpwatch::report {
namespace {

using handshake::FailureReason;
using handshake::Phase;

TEST(Words, protocols) {
  EXPECT_EQ(protocol_in_words(0x00), "standard RDP security (rdp)");
  EXPECT_EQ(protocol_in_words(0x01), "TLS without NLA (ssl)");
  EXPECT_EQ(protocol_in_words(0x02), "TLS with NLA (hybrid)");
  EXPECT_EQ(protocol_in_words(0x20), "a protocol that the specification does not list (unknown(0x20))");
}

TEST(FirstCheck, host_and_port_are_put_in) {
  EXPECT_EQ(first_check(Phase::resolve, FailureReason::name_not_found, "ts09", 3389).command,
            "getent ahosts ts09");
  EXPECT_EQ(first_check(Phase::negotiate, FailureReason::not_rdp, "ts09", 3390).command,
            "Get-NetTCPConnection -LocalPort 3390 -State Listen | Select-Object OwningProcess");
  EXPECT_EQ(first_check(Phase::tls, FailureReason::timeout, "ts09", 3389).command,
            "ping -c 3 -M do -s 1372 ts09");
  EXPECT_EQ(first_check(Phase::connect, FailureReason::connection_refused, "ts09", 3389).command, "qwinsta");
}

TEST(FirstCheck, every_failure_has_one) {
  for (const auto& reason : handshake::kReasons) {
    for (const auto& phase : handshake::kPhases) {
      if (!handshake::can_occur(reason.reason, phase.phase)) continue;
      const FirstCheck check = first_check(phase.phase, reason.reason, "HOST", 3389);
      EXPECT_FALSE(check.where.empty() || check.command.empty() || check.look_for.empty())
          << reason.name << " in " << phase.name;
    }
  }
}

TEST(TimeText, utc) {
  const WallTime time(std::chrono::milliseconds(1795356000007));
  EXPECT_EQ(rfc3339_milliseconds(time), "2026-11-22T14:00:00.007Z");
  EXPECT_EQ(rfc3339_seconds(time), "2026-11-22T14:00:00Z");
  EXPECT_EQ(date_and_time(time), "2026-11-22 14:00:00 UTC");
  EXPECT_EQ(rfc3339_milliseconds(WallTime(std::chrono::milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(TimeText, seconds_are_rounded_to_microseconds) {
  EXPECT_EQ(decimal(seconds(std::chrono::nanoseconds(41000400))), "0.041");
  EXPECT_EQ(decimal(seconds(std::chrono::nanoseconds(499))), "0");
  EXPECT_EQ(decimal(seconds(std::chrono::seconds(61))), "61");
}

TEST(Version, names_what_the_program_is_made_of) {
  const std::string text = version_text("OpenSSL 3.0.17");
  EXPECT_EQ(text.substr(0, text.find("\n  revision")), "rdpwatch 0.1.0");
  EXPECT_NE(text.find("\n  openssl   OpenSSL 3.0.17\n"), std::string::npos);
  EXPECT_NE(text.find("\n  boost     1."), std::string::npos);
  EXPECT_NE(version().revision, "");
  EXPECT_TRUE(version().compiler.starts_with("GCC 1") || version().compiler.starts_with("Clang 1"));
}

}  // namespace
}  // namespace rdpwatch::report
