#include "daemon/report/words.hpp"

#include <gtest/gtest.h>

#include "daemon/report/time_text.hpp"
#include "daemon/report/version.hpp"

namespace rdpwatch::report {
namespace {

using handshake::Seconds;

TEST(Words, protocols) {
  EXPECT_EQ(protocol_in_words(0x00), "standard RDP security (rdp)");
  EXPECT_EQ(protocol_in_words(0x01), "TLS without NLA (ssl)");
  EXPECT_EQ(protocol_in_words(0x02), "TLS with NLA (hybrid)");
  EXPECT_EQ(protocol_in_words(0x20), "a protocol that the specification does not list (unknown(0x20))");
}

TEST(Words, findings_of_the_later_phases) {
  for (const auto* id :
       {"nla_ntlm_refused", "nla_closed_on_negotiate", "clock_skew", "host_name_mismatch",
        "negotiation_tampered", "weak_rdp_key", "certificate_renewal_overdue", "certificate_changed"}) {
    const FindingWords* const row = find_finding(id);
    ASSERT_NE(row, nullptr) << id;
    EXPECT_FALSE(row->meaning.empty() || row->fix.empty()) << id;
  }
  EXPECT_EQ(find_finding("clock_skew")->meaning,
            "the host's clock and this machine's differ by more than 5 minutes, where Kerberos refuses by "
            "default");
  EXPECT_EQ(find_finding("weak_rdp_key")->fix,
            "set SecurityLayer to TLS (2) on the host, so that this key is not used any more");
  EXPECT_EQ(
      find_finding("certificate_changed")->meaning,
      "the certificate changed within the last 24 hours in a way that no usual renewal explains: another "
      "CA or subject, an older one, or a self-signed one replaced long before its end");
  EXPECT_EQ(find_finding("of_a_later_version"), nullptr);
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

TEST(TimeText, clock_skew_in_words) {
  EXPECT_EQ(clock_skew_in_words(Seconds(0.23)), "within a second of this machine's");
  EXPECT_EQ(clock_skew_in_words(Seconds(-0.99)), "within a second of this machine's");
  EXPECT_EQ(clock_skew_in_words(Seconds(1)), "1 s ahead of this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(-12.4)), "12 s behind this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(59.7)), "1 min 0 s ahead of this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(-301)), "5 min 1 s behind this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(7200.4)), "2 h 0 min ahead of this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(-86400 - 3 * 3600)), "1 day 3 h behind this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(365.0 * 86400)), "365 days 0 h ahead of this machine");
  EXPECT_EQ(clock_skew_in_words(Seconds(-9e11)), "10416666 days 16 h behind this machine");
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
