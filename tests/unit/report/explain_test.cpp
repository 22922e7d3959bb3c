#include "daemon/report/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/report/suggestions.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/cause_book.hpp"
#include "probes/diagnosis/client_codes.hpp"
#include "probes/handshake/taxonomy.hpp"

namespace rdpwatch::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
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

TEST(Explain, the_pair_with_what_it_does_not_mean_and_its_causes) {
  const std::string text = of("0x904", "0x7").text;
  EXPECT_THAT(text,
              HasSubstr("\n  beware      it does not mean that a password, an account or a licence is\n"));
  EXPECT_THAT(text,
              HasSubstr("\n  beware      beside 0x904 it does not mean that the server refused this user,"));
  EXPECT_THAT(text, HasSubstr("\nCauses, the most usual first, and how rdpwatch tells them apart\n"
                              "  private_key_unreadable: The host can't use its certificate's private key\n"
                              "      Every TLS profile dies the same way at once, while a healthy sibling\n"
                              "      behind the same path completes.\n"
                              "  no_common_tls: Client and host share no TLS version or cipher\n"));
  EXPECT_THAT(text, EndsWith("\n  `rdpwatch explain` with one of these ids has its checks and fixes.\n"));
  EXPECT_THAT(text, Not(HasSubstr("license_server_missing"))) << "no licence is asked for that early";
  EXPECT_THAT(of("516").text, HasSubstr("\n  listener_stopped: Nothing listens on the port\n"));
  EXPECT_THAT(of("0x904").text, HasSubstr("\n  drain_mode: ")) << "with any extended code";
  EXPECT_THAT(of("0x708").text, Not(HasSubstr("Causes, "))) << "the book has none";
}

TEST(Explain, a_cause_in_full) {
  EXPECT_EQ(of("prober_clock_wrong").text, R"(prober_clock_wrong
  cause       The prober's clock is wrong
  whose       the machine that rdpwatch runs on
  certainty   documented

  The machine that probes has a wrong time. All hosts seem to have a skew of the
  same size, and certificates seem expired or not yet valid. The hosts are well.

signs
  - most hosts show the same clock skew
  - certificates of many unrelated hosts are expired or not yet valid at once

what speaks against it
  - only one host, or one domain, differs

how rdpwatch tells it apart
  The skew is the same for hosts that have no time source in common. A single
  host is clock_wrong; one domain's hosts together are its time source.

what to check, the most telling first
  1.  The clock and its source (where rdpwatch runs)
        timedatectl; chronyc tracking
      Seen: System clock synchronized, no; or an offset of minutes
  2.  The time of an independent server (where rdpwatch runs)
        date -u; curl -sI https://www.example.com | grep -i ^date
      Seen: they differ

how to fix it, the least invasive first
  1.  Turn time synchronisation on (where rdpwatch runs)
        timedatectl set-ntp true
  2.  Let UDP 123 pass to the time servers (where rdpwatch runs)

what is shown
  failures    tls/certificate_expired tls/certificate_not_yet_valid
)");
}

TEST(Explain, every_cause) {
  for (const auto& cause : diagnosis::causes()) {
    const Explanation out = of(cause.id);
    EXPECT_TRUE(out.known) << cause.id;
    EXPECT_THAT(out.text, HasSubstr(cause.id + "\n  cause       ")) << cause.id;
    EXPECT_THAT(out.text, HasSubstr("\nhow to fix it, the least invasive first\n  1.  ")) << cause.id;
  }
}

TEST(Explain, fixes_of_platforms_come_last_and_name_them) {
  const std::string text = of("host_down").text;
  EXPECT_LT(text.find("powercfg"), text.find("On Azure: Start the machine"));
  EXPECT_THAT(text, HasSubstr("\n        aws ec2 get-console-screenshot --instance-id <instance id>\n"));
  EXPECT_THAT(of("server_slow").text, HasSubstr(" On Azure, AWS: "));
  EXPECT_THAT(of("certificate_replaced").text, HasSubstr("\n      Seen: another fingerprint"));
}

// The two tell of the same thing; any other name must be unambiguous.
TEST(Explain, a_finding_and_a_cause_of_one_name_are_both_told) {
  std::vector<std::string_view> shared;
  for (const auto& row : findings()) {
    if (diagnosis::find_cause(row.id) != nullptr) shared.push_back(row.id);
  }
  EXPECT_THAT(shared, testing::ElementsAre("weak_certificate"));
  EXPECT_THAT(of("weak_certificate").text, StartsWith("weak_certificate\n  meaning     "));
  EXPECT_THAT(of("weak_certificate").text,
              HasSubstr("\n\nweak_certificate\n  cause       The certificate is weak\n"));
}

TEST(Explain, a_reason_names_its_causes_in_each_phase) {
  const std::string text = of("connection_reset").text;
  EXPECT_THAT(text,
              HasSubstr("\n  causes      private_key_unreadable no_common_tls inline_device_cuts_tls\n"));
  EXPECT_THAT(of("ssl_cert_not_on_server").text, EndsWith("\n  causes      certificate_missing\n"));
  EXPECT_THAT(of("inconsistent_flags").text, Not(HasSubstr("causes")));
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
  EXPECT_THAT(out.text, HasSubstr("  causes      private_key_unreadable no_common_tls "));
  EXPECT_THAT(of("private_key").text, HasSubstr("\n  did you mean private_key_unreadable?\n"));
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
