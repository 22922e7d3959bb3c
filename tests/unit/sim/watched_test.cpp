// Hosts behind a device that breaks only some clients, on the wire: the client that is broken, and the one
// beside it that is not.

#include <gmock/gmock.h>

#include "tests/unit/sim/sim_client.hpp"

namespace rdpwatch::sim {
namespace {

using namespace std::chrono_literals;

constexpr const char* kNoTls = "5a3a20736f6d657468696e6720656c7365";
// A Connection Request for TLS and NLA without a cookie.
constexpr const char* kWithoutCookie = "030000130ee00000000000010008000b000000";

class Watched : public SimulatorTest {
 protected:
  /// What a client gets that sends no TLS behind the Connection Confirm.
  Next answer_to_garbage(bool silence = false) {
    Client client = connect();
    EXPECT_EQ(confirm(client), kConfirmHybridEx);
    client.send_hex(kNoTls);
    wait_for_stats([](const HostStats& seen) { return seen.not_tls == 1; }, "the garbage to arrive");
    return client.next(silence ? 100ms : 10s);
  }

  std::string answer_to_tls(const std::string& server_name = "", int min = TLS1_VERSION,
                            int max = TLS1_3_VERSION) {
    Client client = connect();
    EXPECT_EQ(confirm(client), kConfirmHybridEx);
    const TlsOutcome outcome = client.tls(min, max, server_name);
    return outcome.established ? outcome.version : outcome.error;
  }
};

TEST_F(Watched, healthy_host_closes_on_what_is_no_tls) {
  start("healthy");
  EXPECT_EQ(answer_to_garbage(), Next::closed);
  EXPECT_EQ(stats().tls_failures, 1U);
  EXPECT_EQ(stats().client_hellos, 0U);
}

TEST_F(Watched, client_hello_is_cut_and_garbage_is_not) {
  start("cuts_client_hello");
  EXPECT_EQ(answer_to_garbage(true), Next::silent);
  EXPECT_EQ(stats().faults, 0U);
  EXPECT_EQ(answer_to_tls(), "reset");
}

TEST_F(Watched, garbage_gets_an_alert) {
  start("cuts_client_hello_alerts");
  Client client = connect();
  confirm(client);
  client.send_hex(kNoTls);
  EXPECT_EQ(client.receive_hex(7), "1503030002020a");
  EXPECT_EQ(client.next(), Next::closed);
  EXPECT_EQ(answer_to_tls(), "reset");
}

TEST_F(Watched, garbage_can_be_reset) {
  Behaviour behaviour;
  behaviour.tls.not_tls = Refusal::reset;
  start(behaviour);
  EXPECT_EQ(answer_to_garbage(), Next::reset);
  EXPECT_EQ(answer_to_tls(), "TLSv1.3");
}

TEST_F(Watched, whatever_comes_first_is_reset) {
  start("resets_first_bytes");
  EXPECT_EQ(answer_to_garbage(), Next::reset);
  EXPECT_EQ(answer_to_tls(), "reset");
  EXPECT_EQ(stats().client_hellos, 0U) << "the bytes were not looked at";
  EXPECT_EQ(stats().faults, 2U);
}

TEST_F(Watched, whatever_comes_first_is_closed_on) {
  start("closes_first_bytes");
  EXPECT_EQ(answer_to_garbage(), Next::closed);
  EXPECT_EQ(answer_to_tls(), "unexpected eof while reading");
}

TEST_F(Watched, server_name) {
  start("cuts_server_name");
  EXPECT_EQ(answer_to_tls("ts09.example.com"), "reset");
  EXPECT_EQ(answer_to_tls(""), "TLSv1.3");
}

TEST_F(Watched, cookie) {
  start("cuts_cookie");
  Client with = connect();
  with.request(0x0B);
  EXPECT_EQ(with.next(), Next::reset);
  Client without = connect();
  without.send_hex(kWithoutCookie);
  EXPECT_EQ(without.receive_hex(19), kConfirmHybridEx);
}

TEST_F(Watched, network_level_authentication) {
  start("cuts_hybrid");
  for (const std::uint32_t mask : {0x02U, 0x08U, 0x0BU}) {
    Client client = connect();
    client.request(mask);
    EXPECT_EQ(client.next(), Next::reset) << mask;
  }
  Client client = connect();
  EXPECT_EQ(confirm(client, 1), "030000130ed00000123400021f080001000000");
}

TEST_F(Watched, direct_tls_beside_a_connection_request) {
  start("takes_direct_tls");
  Client direct = connect();
  EXPECT_TRUE(direct.tls().established);
  EXPECT_EQ(stats().requests, 0U);
  EXPECT_EQ(answer_to_tls(), "TLSv1.3");
  Client other = connect();
  other.send_hex(kNoTls);
  EXPECT_EQ(other.next(), Next::closed);
  EXPECT_EQ(stats().bad_requests, 1U);
}

TEST_F(Watched, direct_tls_where_the_request_is_cut) {
  start("cuts_request_takes_direct_tls");
  Client direct = connect();
  EXPECT_TRUE(direct.tls().established);
  Client request = connect();
  request.request(0x0B);
  EXPECT_EQ(request.next(), Next::reset);
}

TEST_F(Watched, old_versions_alone) {
  start("tls10_tls11");
  EXPECT_EQ(answer_to_tls("", TLS1_2_VERSION, TLS1_3_VERSION), "tlsv1 alert protocol version");
  EXPECT_EQ(answer_to_tls("", TLS1_VERSION, TLS1_VERSION), "TLSv1");
  EXPECT_EQ(answer_to_tls("", TLS1_VERSION, TLS1_2_VERSION), "TLSv1.1");
}

TEST_F(Watched, old_versions_alone_and_new_ones_reset) {
  start("tls10_tls11_resets");
  EXPECT_EQ(answer_to_tls("", TLS1_2_VERSION, TLS1_3_VERSION), "reset");
  EXPECT_EQ(answer_to_tls("", TLS1_VERSION, TLS1_2_VERSION), "TLSv1.1");
  EXPECT_EQ(stats().client_hellos, 2U);
}

TEST_F(Watched, newest_version_alone_and_older_ones_reset) {
  start("tls13_resets");
  EXPECT_EQ(answer_to_tls("", TLS1_VERSION, TLS1_2_VERSION), "reset");
  EXPECT_EQ(answer_to_tls("", TLS1_2_VERSION, TLS1_3_VERSION), "TLSv1.3");
}

TEST_F(Watched, versions_can_be_met_with_a_fin_or_with_silence) {
  Behaviour behaviour;
  behaviour.tls.min_version = TlsVersion::tls13;
  behaviour.tls.no_common_version = Refusal::close;
  start(behaviour);
  EXPECT_EQ(answer_to_tls("", TLS1_2_VERSION, TLS1_2_VERSION), "unexpected eof while reading");
}

TEST_F(Watched, silence_ends_by_a_timer_of_the_path) {
  start(with_fault(Fault{Step::client_hello, 60ms, {}, Ending::reset, {}}));
  Client client = connect();
  confirm(client);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(client.tls().error, "reset");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 60ms);
}

TEST_F(Watched, every_third_client_hello_is_reset) {
  HostScenario host;
  host.sequence = {{Behaviour{}, 2}, {personality("reset_after_client_hello").value(), 1}};
  host.repeat = true;
  Scenarios scenarios;
  scenarios.hosts.emplace_back(AddressRange::parse(kHost).value(), host);
  start(std::move(scenarios));
  std::string outcomes;
  for (int i = 0; i < 9; ++i) outcomes += answer_to_tls() == "reset" ? "r" : "o";
  EXPECT_EQ(outcomes, "oorooroor");
}

TEST_F(Watched, slow_in_every_phase) {
  Behaviour behaviour;
  for (const Step step : kAnsweringSteps) behaviour.latency[step] = 20ms;
  start(behaviour);
  Client client = connect();
  const auto begin = std::chrono::steady_clock::now();
  confirm(client);
  EXPECT_TRUE(client.tls().established);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 40ms);
}

}  // namespace
}  // namespace rdpwatch::sim
