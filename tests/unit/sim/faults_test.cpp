// The built-in personalities on the wire: what a client sees when a host breaks.

#include <gmock/gmock.h>

#include "tests/unit/sim/sim_client.hpp"

namespace rdpwatch::sim {
namespace {

class Faults : public SimulatorTest {};

TEST_F(Faults, on_accept) {
  Scenarios scenarios;
  for (const auto& [address, name] : {std::pair{"127.77.0.1", "reset_on_accept"},
                                      {"127.77.0.2", "close_on_accept"},
                                      {"127.77.0.3", "silent"}}) {
    scenarios.hosts.emplace_back(AddressRange::parse(address).value(),
                                 HostScenario(personality(name).value()));
  }
  start(std::move(scenarios));
  Client reset = connect("127.77.0.1");
  EXPECT_EQ(reset.next(), Next::reset);
  Client closed = connect("127.77.0.2");
  EXPECT_EQ(closed.next(), Next::closed);
  Client silent = connect("127.77.0.3");
  silent.request(0x0B);
  EXPECT_EQ(silent.next(std::chrono::milliseconds(100)), Next::silent);
}

struct Row {
  const char* personality;
  Next next;
};

class AfterRequest : public Faults, public ::testing::WithParamInterface<Row> {};

TEST_P(AfterRequest, ends) {
  start(GetParam().personality);
  Client client = connect();
  client.request(0x0B);
  EXPECT_EQ(client.next(GetParam().next == Next::silent ? std::chrono::milliseconds(100)
                                                        : std::chrono::seconds(10)),
            GetParam().next);
  EXPECT_EQ(stats().requests, 1U);
  EXPECT_EQ(stats().faults, 1U);
  EXPECT_EQ(stats().client_hellos, 0U);
}
INSTANTIATE_TEST_SUITE_P(Faults, AfterRequest,
                         ::testing::Values(Row{"reset_after_request", Next::reset},
                                           Row{"close_after_request", Next::closed},
                                           Row{"stall_after_request", Next::silent}));

class AfterConfirm : public Faults, public ::testing::WithParamInterface<Row> {};

TEST_P(AfterConfirm, ends) {
  start(GetParam().personality);
  Client client = connect();
  EXPECT_EQ(confirm(client), kConfirmHybridEx);
  EXPECT_EQ(client.next(GetParam().next == Next::silent ? std::chrono::milliseconds(100)
                                                        : std::chrono::seconds(10)),
            GetParam().next);
  EXPECT_EQ(stats().client_hellos, 0U);
}
INSTANTIATE_TEST_SUITE_P(Faults, AfterConfirm,
                         ::testing::Values(Row{"reset_after_confirm", Next::reset},
                                           Row{"close_after_confirm", Next::closed},
                                           Row{"stall_after_confirm", Next::silent}));

struct TlsRow {
  const char* personality;
  const char* error;  ///< of the client's OpenSSL, or how the connection ended
};

class InTls : public Faults, public ::testing::WithParamInterface<TlsRow> {};

TEST_P(InTls, fails) {
  start(GetParam().personality);
  Client client = connect();
  EXPECT_EQ(confirm(client), kConfirmHybridEx);
  const TlsOutcome outcome = client.tls();
  EXPECT_FALSE(outcome.established);
  EXPECT_EQ(outcome.error, GetParam().error);
  EXPECT_EQ(stats().client_hellos, 1U);
  EXPECT_EQ(stats().handshakes, 0U);
  EXPECT_EQ(stats().faults, 1U);
}
INSTANTIATE_TEST_SUITE_P(Faults, InTls,
                         ::testing::Values(TlsRow{"reset_after_client_hello", "reset"},
                                           TlsRow{"close_after_client_hello", "unexpected eof while reading"},
                                           TlsRow{"close_in_server_hello", "unexpected eof while reading"},
                                           TlsRow{"reset_in_server_hello", "reset"},
                                           TlsRow{"tls_alert_handshake_failure",
                                                  "sslv3 alert handshake failure"},
                                           TlsRow{"tls_alert_internal_error", "tlsv1 alert internal error"},
                                           TlsRow{"tls_not_spoken", "wrong version number"},
                                           TlsRow{"tls_garbage", "unexpected message"}));

TEST_F(Faults, every_alert_by_its_number) {
  Scenarios scenarios;
  for (const int alert : {40, 42, 47, 49, 70, 71, 112}) {
    Fault fault{Step::client_hello, {}, alert_record(static_cast<std::uint8_t>(alert)), Ending::close, {}};
    scenarios.hosts.emplace_back(AddressRange::parse("127.77.1." + std::to_string(alert)).value(),
                                 HostScenario(with_fault(fault)));
  }
  start(std::move(scenarios));
  for (const int alert : {40, 42, 47, 49, 70, 71, 112}) {
    Client client = connect("127.77.1." + std::to_string(alert));
    confirm(client);
    client.send_hex(
        "160301002f0100002b0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000004c02f009c"
        "01000000");
    Bytes record = alert_record(static_cast<std::uint8_t>(alert));
    EXPECT_EQ(from_hex(client.receive_hex(7)), record);
    EXPECT_EQ(client.next(), Next::closed);
  }
}

TEST_F(Faults, stall_after_client_hello) {
  start("stall_after_client_hello");
  Client client = connect();
  confirm(client);
  client.send_hex(
      "160301002f0100002b0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000004c02f009c01"
      "000000");
  wait_for_stats([](const HostStats& seen) { return seen.faults == 1; }, "the ClientHello to arrive");
  EXPECT_EQ(client.next(std::chrono::milliseconds(100)), Next::silent);
}

TEST_F(Faults, part_of_the_first_flight) {
  start("stall_in_server_hello");
  Client client = connect();
  confirm(client);
  client.send_hex(
      "160301002f0100002b0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000004c02f009c01"
      "000000");
  const std::string part = client.receive_hex(20);
  EXPECT_EQ(part.size(), 40U);
  EXPECT_THAT(part, ::testing::StartsWith("160303"));
  EXPECT_EQ(client.next(std::chrono::milliseconds(100)), Next::silent);
}

TEST_F(Faults, reset_after_the_whole_first_flight_in_tls12) {
  start("reset_after_server_hello");
  Client client = connect();
  confirm(client);
  const TlsOutcome outcome = client.tls();
  EXPECT_FALSE(outcome.established);
  EXPECT_EQ(outcome.error, "reset");
}

TEST_F(Faults, reset_after_tls) {
  start("reset_after_tls");
  Client client = connect();
  confirm(client);
  EXPECT_TRUE(client.tls(TLS1_3_VERSION).established);
  wait_for_stats([](const HostStats& seen) { return seen.reset_by_host == 1; }, "the reset");
  EXPECT_EQ(stats().handshakes, 1U);
}

TEST_F(Faults, payload_within_tls) {
  start(with_fault(Fault{Step::established, {}, from_hex("0300000902f0802180").value(), Ending::close, {}}));
  Client client = connect();
  confirm(client);
  EXPECT_TRUE(client.tls().established);
  EXPECT_EQ(client.receive_hex_in_tls(9), "0300000902f0802180");
}

TEST_F(Faults, after_a_delay) {
  start(with_fault(Fault{Step::request, Milliseconds(60), {}, Ending::reset, {}}));
  Client client = connect();
  const auto before = std::chrono::steady_clock::now();
  client.request(0x0B);
  EXPECT_EQ(client.next(), Next::reset);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(60));
}

TEST_F(Faults, a_payload_can_come_before_the_true_answer) {
  start(with_fault(Fault{Step::request, {}, from_hex("0300000702f080").value(), Ending::proceed, {}}));
  Client client = connect();
  client.request(1);
  EXPECT_EQ(client.receive_hex(7), "0300000702f080");
  EXPECT_EQ(client.receive_hex(19), "030000130ed00000123400021f080001000000");
}

TEST_F(Faults, old_tls_is_reset_and_modern_tls_is_not) {
  start("audit_resets_old_tls");
  Client old = connect();
  confirm(old);
  EXPECT_EQ(old.tls(TLS1_VERSION, TLS1_1_VERSION).error, "reset");
  EXPECT_EQ(stats().reset_by_host, 1U);
  Client modern = connect();
  confirm(modern);
  EXPECT_EQ(modern.tls().version, "TLSv1.2");
}

TEST_F(Faults, masks_without_an_answer) {
  start("audit_drops_rdstls");
  for (const std::uint32_t mask : {0x04U, 0x0CU, 0x10U, 0x1FU}) {
    Client client = connect();
    client.request(mask);
    EXPECT_EQ(client.next(), Next::closed) << mask;
  }
  Client client = connect();
  EXPECT_EQ(confirm(client), kConfirmHybridEx);
}

TEST_F(Faults, old_tls_is_taken_by_a_permissive_host) {
  start("audit_permissive");
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    Client client = connect();
    confirm(client, 1);
    EXPECT_TRUE(client.tls(version, version).established) << version;
  }
  Client client = connect();
  EXPECT_EQ(confirm(client, 4), "030000130ed000001234000300080002000000");
}

struct AnswerBytes {
  const char* personality;
  const char* hex;
  Next then;
};

class Answers : public Faults, public ::testing::WithParamInterface<AnswerBytes> {};

TEST_P(Answers, bytes) {
  start(GetParam().personality);
  Client client = connect();
  client.request(0x0B);
  EXPECT_EQ(client.receive_hex(std::string(GetParam().hex).size() / 2), GetParam().hex);
  EXPECT_EQ(client.next(GetParam().then == Next::silent ? std::chrono::milliseconds(100)
                                                        : std::chrono::seconds(10)),
            GetParam().then);
}
INSTANTIATE_TEST_SUITE_P(
    Faults, Answers,
    ::testing::Values(
        AnswerBytes{"failure_1", "030000130ed000001234000300080001000000", Next::closed},
        AnswerBytes{"failure_2", "030000130ed000001234000300080002000000", Next::closed},
        AnswerBytes{"failure_3", "030000130ed000001234000300080003000000", Next::closed},
        AnswerBytes{"failure_4", "030000130ed000001234000300080004000000", Next::closed},
        AnswerBytes{"failure_5", "030000130ed000001234000300080005000000", Next::closed},
        AnswerBytes{"failure_6", "030000130ed000001234000300080006000000", Next::closed},
        AnswerBytes{"failure_unknown", "030000130ed000001234000300080063000000", Next::closed},
        AnswerBytes{"windows_xp", "0300000b06d00000123400", Next::silent},
        AnswerBytes{"rdp_selected", "030000130ed00000123400021f080000000000", Next::silent},
        AnswerBytes{"selects_unrequested", "030000130ed00000123400021f080004000000", Next::silent},
        AnswerBytes{"byte_by_byte", "030000130ed00000123400021f080008000000", Next::silent},
        AnswerBytes{"malformed_tpkt", "03000003", Next::closed},
        AnswerBytes{"oversized_tpkt", "0300ffff0ed00000123400", Next::silent},
        AnswerBytes{"malformed_x224", "0300001320d000001234000200080001000000", Next::closed},
        AnswerBytes{"disconnect_ultimatum", "0300000902f0802180", Next::closed},
        AnswerBytes{"half_confirm", "030000130ed00000", Next::closed},
        AnswerBytes{"h323", "0300001a080280015a080280e27e000a05010006000800914a00", Next::closed},
        AnswerBytes{"ssh", "5353482d322e302d4f70656e5353485f392e32703120446562", Next::data},
        AnswerBytes{"http", "485454502f312e3120343030204261642052657175657374", Next::data}));

}  // namespace
}  // namespace rdpwatch::sim
