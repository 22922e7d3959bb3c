#include "tests/sim/scenario_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/sim/fleet.hpp"
#include "tests/sim/host_book.hpp"
#include "tests/sim/payloads.hpp"
#include "tests/sim/personalities.hpp"

namespace rdpwatch::sim {
namespace {

using ::testing::ElementsAre;

Scenarios good(const std::string& text) {
  ScenarioResult result = parse_scenarios(text, "folder/s.yml");
  if (const auto* errors = std::get_if<ScenarioErrors>(&result)) {
    for (const std::string& error : *errors) ADD_FAILURE() << error;
    return {};
  }
  return std::get<Scenarios>(result);
}

ScenarioErrors bad(const std::string& text) {
  ScenarioResult result = parse_scenarios(text, "s.yml");
  const auto* errors = std::get_if<ScenarioErrors>(&result);
  return errors != nullptr ? *errors : ScenarioErrors{"no error"};
}

Behaviour behaviour_of(const std::string& yaml) {
  const Scenarios scenarios = good("hosts: {127.0.0.1: " + yaml + "}");
  return scenarios.hosts.empty() ? Behaviour{} : scenarios.hosts[0].second.sequence[0].behaviour;
}

TEST(ScenarioFile, everything) {
  const Scenarios scenarios = good(R"(
port: 14000
listen: [{address: "::1", port: 14001}]
full_backlog: [{address: 127.0.0.250, port: 14002}]
connection_timeout: 5s
authorities: {ca: {common_name: CA, key: ec256, file: ca.pem}}
certificates:
  weak: {common_name: "{host}.sim", sans: [a.sim, 10.0.0.1], key: rsa1024, digest: sha1, days_left: -1.5, serial: -5,
         not_before: 2020-01-01, eku: [], key_usage: digitalSignature, issuer: ca, send_chain: true}
personalities:
  slow_nla:
    negotiation: {select: hybrid, flags: 0x0f, failures: [{code: 5, unless: [hybrid, 8]}], source_reference: 0, chunk: 1, chunk_delay: 2ms, drop: [rdstls, 5], drop_above: 0x0b}
    tls: {min_version: TLS10, max_version: TLS11, ciphers: ALL, groups: P-256, tickets: 0, no_common_version: reset, not_tls: stall}
    certificate: weak
    nla: {version: 2, netbios_computer: A, netbios_domain: B, dns_computer: a.c, dns_domain: c, dns_forest: d, build: "",
          clock_offset: -3d, timestamp: false, answer: error_code, error_code: 0xC0000418}
    session: {rdp_version: 0x80011, echo_protocols: 0x10, encryption_method: 1, encryption_level: 3, rsa_key_bits: 1024,
              connect_result: 14, attach_result: 15, join_result: 3, licensing: no_license, error_info: 0x10,
              ultimatum: info}
    latency: {accept: 1s, client_hello: 20ms, client_info: 5ms}
    fault: {at: server_hello, after: 10ms, flight_bytes: 9, then: reset, when: sni}
hosts:
  127.1.0.0/16: slow_nla
  127.0.0.1: {base: slow_nla, fault: none, connection_limit: 2, beyond_limit: close}
  127.0.0.2: {sequence: [{base: ssh, times: 3}, healthy], repeat: true}
)");
  EXPECT_EQ(scenarios.port, 14000);
  EXPECT_EQ(scenarios.listen, (std::vector<Endpoint>{{"::1", 14001}}));
  EXPECT_EQ(scenarios.full_backlog, (std::vector<Endpoint>{{"127.0.0.250", 14002}}));
  EXPECT_EQ(scenarios.connection_timeout, Milliseconds(5000));
  EXPECT_EQ(scenarios.authorities.at("ca"), (AuthoritySpec{"CA", "ec256", "folder/ca.pem"}));
  ASSERT_EQ(scenarios.hosts.size(), 3U);

  Behaviour slow;
  slow.negotiation = {2, 0x0F, false, {{5, {2, 8}}}, 0, 1, Milliseconds(2), {4, 5}, 0x0B};
  slow.tls = {TlsVersion::tls10, TlsVersion::tls11, "ALL", "P-256", 0, false, {}};
  slow.tls.certificate = {"{host}.sim", {"a.sim", "10.0.0.1"}, "rsa1024", "sha1", -1.5, 1577836800, {}, -5,
                          {},           {"digitalSignature"},  "ca",      true};
  slow.tls.no_common_version = Refusal::reset;
  slow.tls.not_tls = Refusal::stall;
  slow.nla = {2,         "A", "B", "a.c", "c", "d", "", std::chrono::hours(-72), false, NlaAnswer::error_code,
              0xC0000418};
  slow.session = {0x80011,           0x10, false, 1, 3, 1024, 14, 15, 3, Licensing::no_license, 0x10,
                  SessionPoint::info};
  slow.latency = {{Step::accept, Milliseconds(1000)},
                  {Step::client_hello, Milliseconds(20)},
                  {Step::client_info, Milliseconds(5)}};
  slow.fault = Fault{Step::server_hello, Milliseconds(10), {}, Ending::reset, 9, Sign::server_name};
  EXPECT_EQ(scenarios.hosts[0].second, HostScenario(slow));

  slow.fault.reset();
  HostScenario limited(slow);
  limited.connection_limit = 2;
  limited.beyond_limit = Ending::close;
  EXPECT_EQ(scenarios.hosts[1].second, limited);

  HostScenario turns;
  turns.sequence = {{personality("ssh").value(), 3}, {personality("healthy").value(), 1}};
  turns.repeat = true;
  EXPECT_EQ(scenarios.hosts[2].second, turns);
}

TEST(ScenarioFile, short_forms) {
  const Milliseconds time(30);
  EXPECT_EQ(behaviour_of("{latency: 30ms}").latency,
            (std::map<Step, Milliseconds>{{Step::request, time},
                                          {Step::client_hello, time},
                                          {Step::server_hello, time},
                                          {Step::negotiate_token, time},
                                          {Step::connect_initial, time},
                                          {Step::client_info, time}}));
  EXPECT_EQ(behaviour_of("{direct_tls: also}"), personality("takes_direct_tls").value());
  EXPECT_EQ(behaviour_of("{direct_tls: true}"), personality("direct_tls").value());
  EXPECT_EQ(behaviour_of("{base: direct_tls, direct_tls: false}"), Behaviour{});
  EXPECT_EQ(behaviour_of("{fault: {at: request, when: cookie, then: reset}}"),
            personality("cuts_cookie").value());
  EXPECT_EQ(behaviour_of("{base: cuts_hybrid, fault: {at: request, when: always}}").fault->when,
            Sign::always);
  EXPECT_TRUE(behaviour_of("{certificate: none, tls: {ciphers: aNULL}}").tls.anonymous);
  EXPECT_EQ(behaviour_of("{base: selects_unrequested, negotiation: {select: strongest}}").negotiation.select,
            std::nullopt);
  EXPECT_EQ(behaviour_of("{fault: {at: client_hello, alert: 40}}").fault->payload, alert_record(40));
  EXPECT_EQ(behaviour_of("{fault: {at: accept, send: ssh_banner, then: stall}}"), personality("ssh").value());
  EXPECT_EQ(behaviour_of("{fault: {at: accept, send_hex: 03 00, then: proceed}}").fault->payload,
            (Bytes{3, 0}));
  EXPECT_EQ(behaviour_of("{fault: {at: accept, send_text: \"a\\r\\n\"}}").fault->payload,
            (Bytes{'a', '\r', '\n'}));
  EXPECT_EQ(behaviour_of("{certificate: {not_after: 2099-12-31T23:59:58Z}}").tls.certificate.not_after,
            4102444798);
  EXPECT_EQ(behaviour_of("{base: session_denied, session: {error_info: none}}").session, SessionSpec{});
  EXPECT_EQ(behaviour_of("{base: session_ultimatum_at_join, session: {ultimatum: none}}").session,
            SessionSpec{});
  EXPECT_EQ(behaviour_of("{base: session_tampered, session: {echo_protocols: echo}}").session, SessionSpec{});
  EXPECT_TRUE(behaviour_of("{session: {echo_protocols: omit}}").session.omit_echo);
  EXPECT_EQ(behaviour_of("{nla: {clock_offset: 90s}}").nla.clock_offset, std::chrono::seconds(90));
}

struct BadFile {
  const char* text;
  const char* message;
};

class BadFiles : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadFiles, message) {
  EXPECT_THAT(bad(GetParam().text), ElementsAre(GetParam().message));
}

const BadFile kBadFiles[] = {
    {"hosts:\n  a: b: c", "s.yml:2:7: YAML: illegal map value"},
    {"[]", "s.yml:1:1: scenario file: expected a map of keys and values"},
    {"port: 13389", "s.yml:1:1: scenario file: 'hosts' is missing or empty"},
    {"port: 70000\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:7: scenario file: port: '70000' is not an integer from 0 to 65535"},
    {"hosts: {127.0.0.1: healthy}\nhost: 1",
     "s.yml:2:1: scenario file: 'host' is unknown; allowed: port, listen, full_backlog, connection_timeout, "
     "authorities, "
     "certificates, personalities, hosts"},
    {"hosts:\n  ts01: healthy",
     "s.yml:2:3: hosts: 'ts01' is not an address, a range such as 127.0.0.1-127.0.0.20 or a prefix such as "
     "127.1.0.0/16"},
    {"hosts:\n  127.0.0.1: healthy\n  127.0.0.1: ssh",
     "s.yml:3:3: hosts: '127.0.0.1' stands in line 2 already"},
    {"hosts:\n  127.0.0.1: sick",
     "s.yml:2:14: host 127.0.0.1: no personality 'sick' is defined above; `rdpsim --personalities` lists the "
     "built-in ones"},
    {"personalities: {ssh: {}}\nhosts: {127.0.0.1: ssh}",
     "s.yml:1:17: 'ssh' is built in and can't be defined again"},
    {"hosts:\n  127.0.0.1: {fault: {at: lunch}}",
     "s.yml:2:27: host 127.0.0.1: fault: at: 'lunch' is not one of accept, request, confirm, first_bytes, "
     "client_hello, server_hello, established, negotiate_token, connect_initial, client_info"},
    {"hosts:\n  127.0.0.1: {fault: {then: reset}}", "s.yml:2:22: host 127.0.0.1: fault: 'at' is missing"},
    {"hosts:\n  127.0.0.1: {fault: {at: accept, then: explode}}",
     "s.yml:2:41: host 127.0.0.1: fault: then: 'explode' is not one of close, reset, stall, proceed"},
    {"hosts:\n  127.0.0.1: {fault: {at: accept, after: 5}}",
     "s.yml:2:42: host 127.0.0.1: fault: after: '5' is not a duration from 0ms to 10m, such as 250ms, 1.5s "
     "or 2m"},
    {"hosts:\n  127.0.0.1: {fault: {at: accept, send_hex: 0g}}",
     "s.yml:2:45: host 127.0.0.1: fault: send_hex: '0g' is not pairs of hexadecimal digits"},
    {"hosts:\n  127.0.0.1: {fault: {at: accept, send_text: a, alert: 40}}",
     "s.yml:2:46: host 127.0.0.1: fault: only one of send, send_hex, send_text and alert is allowed"},
    {"hosts:\n  127.0.0.1: {fault: {at: accept, flight_bytes: 4}}",
     "s.yml:2:49: host 127.0.0.1: fault: flight_bytes: only at server_hello"},
    {"hosts:\n  127.0.0.1: {fault: {at: established, alert: 49}}",
     "s.yml:2:47: host 127.0.0.1: fault: alert: it is sent in clear; from established on use then: close"},
    {"hosts:\n  127.0.0.1: {fault: {at: first_bytes, when: sni}}",
     "s.yml:2:46: host 127.0.0.1: fault: when: sni is known from client_hello on"},
    {"hosts:\n  127.0.0.1: {fault: {at: accept, when: cookie}}",
     "s.yml:2:41: host 127.0.0.1: fault: when: cookie and hybrid are known from request on"},
    {"hosts:\n  127.0.0.1: {fault: {at: request, when: tls13}}",
     "s.yml:2:42: host 127.0.0.1: fault: when: 'tls13' is not one of always, cookie, hybrid, sni"},
    {"hosts:\n  127.0.0.1: {tls: {not_tls: ignore}}",
     "s.yml:2:30: host 127.0.0.1: tls: not_tls: 'ignore' is not one of alert, close, reset, stall"},
    {"hosts:\n  127.0.0.1: {direct_tls: maybe}",
     "s.yml:2:27: host 127.0.0.1: direct_tls: 'maybe' is not one of false, also, true"},
    {"hosts:\n  127.0.0.1: {negotiation: {select: tls}}",
     "s.yml:2:37: host 127.0.0.1: negotiation: select: 'tls' is not strongest, rdp, ssl, hybrid, rdstls, "
     "hybrid_ex or a 32-bit number"},
    {"hosts:\n  127.0.0.1: {negotiation: {failures: 5}}",
     "s.yml:2:39: host 127.0.0.1: negotiation: failures: expected a list such as [{code: 5, unless: "
     "[hybrid]}]"},
    {"hosts:\n  127.0.0.1: {tls: {min_version: TLS13, max_version: TLS12}}",
     "s.yml:2:20: host 127.0.0.1: tls: min_version is higher than max_version"},
    {"hosts:\n  127.0.0.1: {tls: {min_version: 1.2}}",
     "s.yml:2:34: host 127.0.0.1: tls: min_version: '1.2' is not one of TLS10, TLS11, TLS12, TLS13"},
    {"hosts:\n  127.0.0.1: {fault: {at: client_info, alert: 49}}",
     "s.yml:2:47: host 127.0.0.1: fault: alert: it is sent in clear; from established on use then: close"},
    {"hosts:\n  127.0.0.1: {negotiation: {drop: [tls]}}",
     "s.yml:2:35: host 127.0.0.1: negotiation: drop: 'tls' is not rdp, ssl, hybrid, rdstls, hybrid_ex or a "
     "32-bit "
     "number"},
    {"hosts:\n  127.0.0.1: {nla: {answer: maybe}}",
     "s.yml:2:29: host 127.0.0.1: nla: answer: 'maybe' is not one of challenge, error_code, close, reset, "
     "stall, "
     "reject, no_token, malformed, garbage_token, dpu, early_denied, half"},
    {"hosts:\n  127.0.0.1: {nla: {build: 10.0}}",
     "s.yml:2:28: host 127.0.0.1: nla: build: '10.0' is not like 10.0.20348, or empty"},
    {"hosts:\n  127.0.0.1: {nla: {version: 128}}",
     "s.yml:2:30: host 127.0.0.1: nla: version: '128' is not an integer from 0 to 127"},
    {"hosts:\n  127.0.0.1: {nla: {clock_offset: 3y}}",
     "s.yml:2:35: host 127.0.0.1: nla: clock_offset: '3y' is not a duration from -3650d to 3650d, such as "
     "-90s, 2h or "
     "3d"},
    {"hosts:\n  127.0.0.1: {nla: {clock: 3d}}",
     "s.yml:2:21: host 127.0.0.1: nla: 'clock' is unknown; allowed: version, netbios_computer, "
     "netbios_domain, "
     "dns_computer, dns_domain, dns_forest, build, clock_offset, timestamp, answer, error_code"},
    {"hosts:\n  127.0.0.1: {session: {licensing: yes}}",
     "s.yml:2:36: host 127.0.0.1: session: licensing: 'yes' is not one of valid_client, request, no_license, "
     "no_license_server, invalid_client, challenge, demand_active, autodetect_first, stall, close, reset, "
     "malformed"},
    {"hosts:\n  127.0.0.1: {session: {ultimatum: tls}}",
     "s.yml:2:36: host 127.0.0.1: session: ultimatum: 'tls' is not one of connect, attach, join, info"},
    {"hosts:\n  127.0.0.1: {session: {rsa_key_bits: 513}}",
     "s.yml:2:39: host 127.0.0.1: session: rsa_key_bits: not a multiple of 8"},
    {"hosts:\n  127.0.0.1: {session: {connect_result: 16}}",
     "s.yml:2:41: host 127.0.0.1: session: connect_result: '16' is not an integer from 0 to 15"},
    {"hosts:\n  127.0.0.1: {session: {error: 7}}",
     "s.yml:2:25: host 127.0.0.1: session: 'error' is unknown; allowed: rdp_version, echo_protocols, "
     "encryption_method, "
     "encryption_level, rsa_key_bits, connect_result, attach_result, join_result, licensing, error_info, "
     "ultimatum"},
    {"certificates: {a: {}}\nhosts:\n  127.0.0.1: {certificate: b}",
     "s.yml:3:28: host 127.0.0.1: certificate: 'b' is not defined; known: none, a"},
    {"certificates: {a: {key: dsa}}\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:25: certificate 'a': key: 'dsa' is no kind of key; allowed: rsa1024, rsa2048, rsa3072, "
     "rsa4096, ec256, ec384, ec521, "
     "each also with /NAME behind it for a key of its own"},
    {"certificates: {a: {digest: crc}}\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:28: certificate 'a': digest: 'crc' is no digest; allowed: md5, sha1, sha256, sha384, sha512"},
    {"certificates: {a: {not_after: 2026-02-30}}\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:31: certificate 'a': not_after: '2026-02-30' is not a date such as 2026-11-30 or "
     "2026-11-30T08:00:00Z"},
    {"certificates: {a: {issuer: ca}}\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:28: certificate 'a': issuer: 'ca' is not defined; known: none"},
    {"certificates: {a: {eku: [server]}}\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:25: certificate 'a': eku: 'server' is not an OID or one of serverAuth, clientAuth, "
     "codeSigning, emailProtection, "
     "timeStamping, OCSPSigning, anyExtendedKeyUsage"},
    {"certificates: {a: {common_name: \"{address} "
     "0123456789012345678901234567890123456789012345678\"}}\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:33: certificate 'a': common_name: longer than 64 bytes, an address filled in"},
    {"hosts:\n  127.0.0.1: {sequence: []}",
     "s.yml:2:25: host 127.0.0.1: sequence: expected a list such as [{base: reset_on_accept, times: 2}, "
     "healthy]"},
    {"hosts:\n  127.0.0.1: {repeat: maybe}",
     "s.yml:2:23: host 127.0.0.1: repeat: 'maybe' is not one of true, false"},
    {"hosts:\n  127.0.0.1: {repeat: true, repeat: true}",
     "s.yml:2:29: host 127.0.0.1: 'repeat' stands here twice"},
    {"listen: [{address: localhost, port: 1}]\nhosts: {127.0.0.1: healthy}",
     "s.yml:1:10: listen: address: 'localhost' is not an IP address"},
    {"listen: [{address: 127.0.0.1}]\nhosts: {127.0.0.1: healthy}", "s.yml:1:10: listen: 'port' is missing"},
};
INSTANTIATE_TEST_SUITE_P(ScenarioFile, BadFiles, ::testing::ValuesIn(kBadFiles));

TEST(ScenarioFile, all_errors_in_the_order_of_the_file) {
  EXPECT_THAT(bad("port: x\nhosts:\n  127.0.0.1: {colour: red}\n  nowhere: healthy\n"),
              ElementsAre("s.yml:1:7: scenario file: port: 'x' is not an integer from 0 to 65535",
                          "s.yml:3:15: host 127.0.0.1: 'colour' is unknown; allowed: base, direct_tls, "
                          "negotiation, tls, certificate, "
                          "nla, session, latency, fault, sequence, repeat, connection_limit, beyond_limit",
                          "s.yml:4:3: hosts: 'nowhere' is not an address, a range such as "
                          "127.0.0.1-127.0.0.20 or a prefix such as "
                          "127.1.0.0/16"));
}

TEST(ScenarioFile, file_that_cannot_be_read) {
  const ScenarioResult result = load_scenarios("/nonexistent/s.yml");
  EXPECT_THAT(std::get<ScenarioErrors>(result), ElementsAre("/nonexistent/s.yml: can't be read"));
}

TEST(ScenarioFile, the_quickstart_has_nine_healthy_hosts_and_a_tenth_that_resets) {
  ScenarioResult result = load_scenarios(RDPWATCH_SOURCE_DIR "/deploy/quickstart/simulated-fleet.yml");
  const auto& scenarios = std::get<Scenarios>(result);
  ASSERT_EQ(scenarios.hosts.size(), 10U);
  EXPECT_EQ(scenarios.port, 13389);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(scenarios.hosts[i].first.first().to_string(), "127.0.10." + std::to_string(i + 1));
    const std::optional<Fault>& fault = scenarios.hosts[i].second.sequence[0].behaviour.fault;
    EXPECT_EQ(fault.has_value(), i == 9);
    if (fault) {
      EXPECT_EQ(fault->at, Step::client_hello);
      EXPECT_EQ(fault->then, Ending::reset);
    }
  }
  EXPECT_NO_THROW(Fleet(scenarios, std::make_shared<CertificateStore>()));
}

TEST(Personalities, names_are_unique_and_all_can_be_made) {
  Scenarios scenarios;
  std::set<std::string_view> names;
  for (const Personality& one : personalities()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_FALSE(one.help.empty()) << one.name;
    scenarios.hosts.emplace_back(AddressRange::parse("127.0.0.1").value(), HostScenario(one.behaviour));
  }
  EXPECT_NO_THROW(Fleet(scenarios, std::make_shared<CertificateStore>()));
}

TEST(Sequence, items_in_turn) {
  HostScenario host;
  host.sequence = {{{}, 2}, {{}, 1}, {{}, 3}};
  std::string stays;
  for (std::uint64_t i = 0; i < 9; ++i) stays += std::to_string(sequence_index(host, i));
  EXPECT_EQ(stays, "001222222");
  host.repeat = true;
  std::string repeats;
  for (std::uint64_t i = 0; i < 9; ++i) repeats += std::to_string(sequence_index(host, i));
  EXPECT_EQ(repeats, "001222001");
}

}  // namespace
}  // namespace rdpwatch::sim
