#include "daemon/report/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/suggestions.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/client_codes.hpp"
#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::report {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Explanation of(const std::string& subject, const std::optional<std::string>& extended = std::nullopt) {
  return explain(subject, extended, {});
}

TEST(Explain, the_pair_everybody_asks_about) {
  const Explanation out = of("0x904", "0x7");
  EXPECT_TRUE(out.known);
  EXPECT_THAT(out.text, StartsWith("Client code 0x904 (2308)\n  client at   securing the connection\n"));
  EXPECT_THAT(out.text, HasSubstr("\nExtended code 0x7 (7)\n  meaning     the server denied the connection"));
  EXPECT_THAT(out.text,
              HasSubstr("rdpwatch's phase and reason where a client shows it\n"
                        "  negotiate   connection_reset connection_closed\n"
                        "  tls         connection_reset connection_closed tls_alert tls_not_spoken\n"));
  EXPECT_EQ(of("2308", "7").text, out.text);
  EXPECT_EQ(of("0x904/0x7").text, out.text) << "as metrics, logs and reports write it";
}

TEST(Explain, one_code_in_full) {
  EXPECT_EQ(of("0xA07").text, R"(Client code 0xA07 (2567)
  client at   authentication
  meaning     no such user
  cause       the account does not exist where the host looks
  fix         correct the user name and its domain
  certainty   documented
)");
}

TEST(Explain, every_client_code_in_hex_and_in_decimal) {
  for (const auto& row : diagnosis::client_codes()) {
    const std::string heading =
        "Client code " + diagnosis::hex_label(row.code) + " (" + std::to_string(row.code) + ")\n";
    for (const auto& text : {diagnosis::hex_label(row.code), std::to_string(row.code)}) {
      const Explanation out = of(text);
      EXPECT_TRUE(out.known) << text;
      EXPECT_THAT(out.text, StartsWith(heading));
    }
  }
}

TEST(Explain, every_extended_code) {
  for (const auto& row : diagnosis::extended_codes()) {
    const Explanation out = of("0x3", std::to_string(row.first));
    EXPECT_TRUE(out.known) << row.first;
    EXPECT_THAT(out.text, HasSubstr("Extended code " + diagnosis::hex_label(row.first) + " ("));
  }
}

TEST(Explain, decimal_that_was_meant_as_hexadecimal) {
  const Explanation out = of("904");
  EXPECT_FALSE(out.known);
  EXPECT_EQ(out.text,
            "0x388 (904) is not among the codes that are known\n"
            "  did you mean 0x904? the socket was closed: the TCP connection went away,\n"
            "  nothing says why\n");
  EXPECT_THAT(of("516").text, StartsWith("Client code 0x204 (516)\n"));
  EXPECT_THAT(of("516").text, HasSubstr("  or          if 0x516 was meant: "));
}

TEST(Explain, code_that_is_an_extended_one_only) {
  EXPECT_TRUE(of("0x112F").known);
  EXPECT_THAT(of("0x112F").text,
              StartsWith("Extended code 0x112F (4399)\n  meaning     the graphics subsystem"));
  EXPECT_THAT(of("0x104").text, HasSubstr("  or          as an extended code: the stored licence is for"));
}

TEST(Explain, half_a_pair_is_unknown) {
  for (const auto* text : {"0x904/", "/0x7", "/", "0x904/0x7/0x1", "tls/timeout"}) {
    EXPECT_FALSE(of(text).known) << text;
  }
}

TEST(Explain, unknown_codes) {
  EXPECT_FALSE(of("0x9907").known);
  EXPECT_EQ(of("0x9907").text,
            "0x9907 (39175) is not among the codes that are known\n"
            "  codes that end like it are about TLS, CredSSP or authentication\n");
  EXPECT_FALSE(of("0x904", "0x13").known);
  EXPECT_THAT(of("0x904", "0x13").text,
              HasSubstr("\nextended code 0x13 (19) is not among the codes that are known\n"));
  EXPECT_EQ(of("0x904", "seven").text, "\"seven\" is no extended code; allowed: 0x7, or 7 in decimal\n");
  EXPECT_EQ(of("tls", "0x7").text,
            "an extended code goes with a client's code only, and \"tls\" is none; allowed: 0x904 0x7, or "
            "2308 7\n");
}

TEST(Explain, every_reason_with_a_check_in_each_of_its_phases) {
  for (const auto& row : handshake::kReasons) {
    const Explanation out = of(std::string(row.name));
    EXPECT_TRUE(out.known) << row.name;
    EXPECT_THAT(out.text, StartsWith(std::string(row.name) + "\n  meaning     "));
    EXPECT_THAT(out.text, HasSubstr("  category    " + std::string(handshake::name(row.category)) + "\n"));
    int phases = 0;
    for (const auto& phase : handshake::kPhases) {
      if (!handshake::can_occur(row.reason, phase.phase)) continue;
      ++phases;
      EXPECT_THAT(out.text, HasSubstr("\nin " + std::string(phase.name) + "\n"));
    }
    EXPECT_GE(phases, 1);
    EXPECT_THAT(out.text, HasSubstr("  check       "));
    EXPECT_THAT(out.text, HasSubstr("  look for    "));
  }
}

TEST(Explain, every_phase) {
  for (const auto& row : handshake::kPhases) {
    const Explanation out = of(std::string(row.name));
    EXPECT_TRUE(out.known) << row.name;
    EXPECT_THAT(out.text, StartsWith(std::string(row.name) + "\n  meaning     "));
    EXPECT_THAT(out.text, HasSubstr("\n  timeout: nothing came within the phase's time\n"));
  }
}

TEST(Explain, findings_and_certificate_problems) {
  for (const auto& row : findings()) EXPECT_TRUE(of(std::string(row.id)).known) << row.id;
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    EXPECT_TRUE(of(std::string(handshake::name(static_cast<handshake::CertificateProblem>(i)))).known);
  }
  EXPECT_EQ(of("weak_key").text, R"(weak_key
  meaning     its key is too short
  fix         issue a certificate with RSA 2048 bits or more, or an elliptic
              curve
)");
}

TEST(Explain, a_refusal_of_the_session) {
  EXPECT_THAT(of("mcs_refused").text,
              HasSubstr("\nin mcs\n  client      0x904/0x0 (one report or inference)\n"
                        "  check       on the host, in an elevated PowerShell:\n"
                        "              change logon /query\n"));
  EXPECT_THAT(of("error_info").text, HasSubstr("\nin licensing\n  check       "));
  EXPECT_THAT(of("nla").text,
              HasSubstr("\n  nla_protocol_error: the server reported an error inside CredSSP\n"));
  EXPECT_EQ(of("nla_closed_on_negotiate").text, R"(nla_closed_on_negotiate
  meaning     the host chose NLA, then closed the connection instead of
              answering its first message
  fix         look on the host for LSA's event 6041 (CredSSP version refused)
              and NTLM's 8001 to 8004; without them look for a device in the
              path that cuts NLA
)");
}

TEST(Explain, unknown_id) {
  const Explanation out = of("conection_rest");
  EXPECT_FALSE(out.known);
  EXPECT_THAT(out.text,
              StartsWith("nothing is known of \"conection_rest\"\n  did you mean connection_reset?\n"));
  EXPECT_THAT(out.text, HasSubstr("  phases      resolve connect negotiate tls nla login mcs licensing\n"));
  EXPECT_THAT(of("\x1b[31m\n").text, StartsWith("nothing is known of \" \"\n  allowed "));
}

TEST(DidYouMean, nearest_first_and_never_far_ones) {
  EXPECT_EQ(did_you_mean("timeot", {"timeout", "tls_alert"}), "did you mean timeout?");
  EXPECT_EQ(did_you_mean("connection", {"connection_closed", "connection_reset", "not_rdp"}),
            "did you mean connection_closed or connection_reset?");
  EXPECT_EQ(did_you_mean("certificate", {"certificate_a", "certificate_b", "certificate_c", "certificate_d"}),
            "did you mean certificate_a, certificate_b or certificate_c?");
  EXPECT_EQ(did_you_mean("nonsense", {"timeout", "tls_alert"}), "");
  EXPECT_EQ(did_you_mean("x", {"xy"}), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'a'), {"timeout"}), "");
}

}  // namespace
}  // namespace rdpwatch::report
