// MCS to licensing: what a host without NLA says. The client's messages are those of MS-RDPBCGR 4.1 or made
// here, and so are the expected ones.

#include <gmock/gmock.h>

#include "tests/unit/sim/session_peer.hpp"

namespace rdpwatch::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Session : public SimulatorTest {
 protected:
  static Behaviour changed(const std::function<void(Behaviour&)>& change) {
    Behaviour behaviour = personality("session_valid_client").value();
    change(behaviour);
    return behaviour;
  }
};

TEST_F(Session, to_a_valid_client_byte_by_byte) {
  start("session_valid_client");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.send(connect_initial(1));
  EXPECT_EQ(peer.receive(),
            "0300006c02f0807f66620a0100020100301a020122020103020100020101020100020101020300fff8020102043e"
            "000500147c00012a14760a01010001c0004d63446e28010c0c00040008000b000000030c1000eb030300ec03ed03"
            "ee030000020c0c000000000000000000");
  peer.send(kErectDomain);
  peer.send(kAttachUser);
  EXPECT_EQ(peer.receive(), "0300000b02f0802e000006");
  for (const std::string channel : {"03ef", "03eb", "03ec", "03ed", "03ee"}) {
    peer.send(kJoin + channel);
    EXPECT_EQ(peer.receive(), "0300000f02f0803e000006" + channel + channel);
  }
  peer.send(kClientInfo);
  EXPECT_EQ(peer.receive(), "0300002202f08068000103eb701480000000ff031000070000000200000004000000");
  peer.send(kUltimatum);
  client.close_in_order();
  wait_for_stats([](const HostStats& seen) { return seen.closed_by_close_notify == 1; }, "an orderly close");
  EXPECT_EQ(stats().connect_initials, 1U);
  EXPECT_EQ(stats().client_infos, 1U);
  EXPECT_EQ(stats().ultimatums, 1U);
  EXPECT_EQ(stats().session_errors, 0U);
}

TEST_F(Session, in_clear_without_encryption) {
  Behaviour behaviour = personality("rdp_selected").value();
  behaviour.session.encryption_method = behaviour.session.encryption_level = 0;
  start(behaviour);
  Client client = connect();
  SessionPeer peer(client, 0x00, 0);
  EXPECT_EQ(peer.answer_to_client_info(),
            "0300002202f08068000103eb701480000000ff031000070000000200000004000000");
}

struct Encryption {
  const char* personality;
  const char* security;  ///< SC_SECURITY up to the length of its certificate
  const char* key;       ///< the beginning of its public key
};

class StandardSecurity : public Session, public ::testing::WithParamInterface<Encryption> {};

TEST_P(StandardSecurity, has_a_certificate_and_is_silent_then) {
  start(GetParam().personality);
  Client client = connect();
  SessionPeer peer(client, 0x00, 0);
  peer.send(connect_initial(0));
  const std::string response = peer.receive();
  EXPECT_THAT(response, HasSubstr(GetParam().security));
  EXPECT_THAT(response, HasSubstr(GetParam().key));
  EXPECT_EQ(client.next(std::chrono::milliseconds(50)), Next::silent);
  peer.send(kUltimatum);
  wait_for_stats([](const HostStats& seen) { return seen.ultimatums == 1; }, "the ultimatum");
  EXPECT_EQ(stats().session_errors, 0U);
}
INSTANTIATE_TEST_SUITE_P(
    Session, StandardSecurity,
    ::testing::Values(Encryption{"audit_rdp_only", "020cac0102000000020000002000000078010000",
                                 "525341310801000000080000ff00000001000100"},
                      Encryption{"rdp_only", "020cac0102000000020000002000000078010000",
                                 "525341310801000000080000ff00000001000100"},
                      Encryption{"audit_permissive", "020cec00010000000100000020000000b8000000",
                                 "06005c005253413148000000000200003f00000001000100"}));

struct AfterInfo {
  const char* personality;
  const char* hex;  ///< the beginning of what follows the Client Info
  const char* end;  ///< of the session; empty: it stays open
};

class AfterClientInfo : public Session, public ::testing::WithParamInterface<AfterInfo> {};

TEST_P(AfterClientInfo, bytes_and_end) {
  start(GetParam().personality);
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.join_all();
  peer.send(kClientInfo);
  if (*GetParam().hex != '\0') {
    EXPECT_THAT(peer.receive(), StartsWith(GetParam().hex));
  }
  if (*GetParam().end != '\0') {
    EXPECT_EQ(peer.end(), GetParam().end);
  }
  if (std::string(GetParam().end) != "reset") {
    peer.send(kUltimatum);
    wait_for_stats([](const HostStats& seen) { return seen.ultimatums == 1; }, "the ultimatum");
  }
  EXPECT_EQ(stats().client_infos, 1U);
  EXPECT_EQ(stats().session_errors, 0U);
}
INSTANTIATE_TEST_SUITE_P(
    Session, AfterClientInfo,
    ::testing::Values(
        AfterInfo{"session_license_request", "0300015102f08068000103eb7081428000000001033e015a5a5a5a", ""},
        AfterInfo{"session_no_license",
                  "0300002202f08068000103eb701480000000ff031000020000000100000004000000", "close_notify"},
        AfterInfo{"session_no_license_server",
                  "0300002202f08068000103eb701480000000ff031000060000000100000004000000", "close_notify"},
        AfterInfo{"session_malformed_license",
                  "0300002202f08068000103eb701480000000ff03ff00070000000200000004000000", "close_notify"},
        AfterInfo{"session_demand_active", "0300017602f08068000103eb70816767011100ea03ea03010004005101524450",
                  ""},
        AfterInfo{"session_autodetect", "0300001802f08068000103eb700a00100000060000000110", ""},
        AfterInfo{"session_denied",
                  "0300002402f08068000103eb701616001700ea03ea030100000108002f00000007000000", "close_notify"},
        AfterInfo{"session_insufficient_privileges",
                  "0300002402f08068000103eb701616001700ea03ea030100000108002f00000009000000", "close_notify"},
        AfterInfo{"session_license_error_info",
                  "0300002402f08068000103eb701616001700ea03ea030100000108002f00000001010000", "close_notify"},
        AfterInfo{"session_crash", "0300002402f08068000103eb701616001700ea03ea030100000108002f00000010000000",
                  "close_notify"},
        AfterInfo{"session_ultimatum_at_info", "0300000902f0802080", "close_notify"},
        AfterInfo{"session_closes_at_licensing", "", "close_notify"},
        AfterInfo{"session_resets_at_licensing", "", "reset"}));

TEST_F(Session, other_licensing_answers) {
  Scenarios scenarios;
  for (const auto& [address, answer] :
       {std::pair{"127.77.0.1", Licensing::challenge}, {"127.77.0.2", Licensing::invalid_client}}) {
    scenarios.hosts.emplace_back(
        AddressRange::parse(address).value(),
        HostScenario(changed([answer](Behaviour& behaviour) { behaviour.session.licensing = answer; })));
  }
  start(std::move(scenarios));
  Client first = connect("127.77.0.1");
  SessionPeer challenged(first, 0x0B, 1);
  EXPECT_EQ(challenged.answer_to_client_info(),
            "0300003802f08068000103eb702a80000000020326000000000009000a005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
            "5a5a5a5a5a5a5a5a5a5a");
  Client second = connect("127.77.0.2");
  SessionPeer refused(second, 0x0B, 1);
  EXPECT_EQ(refused.answer_to_client_info(),
            "0300002202f08068000103eb701480000000ff031000080000000100000004000000");
}

TEST_F(Session, auto_detection_may_be_answered) {
  start("session_autodetect");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.answer_to_client_info();
  // MS-RDPBCGR 2.2.14.2.1: RTT Measure Response.
  peer.send("0300001802f08064000603eb700a00200000060100000000");
  EXPECT_EQ(peer.receive(), "0300002202f08068000103eb701480000000ff031000070000000200000004000000");
  peer.send(kUltimatum);
  wait_for_stats([](const HostStats& seen) { return seen.ultimatums == 1; }, "the ultimatum");
  EXPECT_EQ(stats().session_errors, 0U);
}

TEST_F(Session, error_info_only_for_a_client_that_takes_it) {
  start("session_denied");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  std::string initial = connect_initial(1);
  const std::size_t core = initial.find("01c0d800");
  initial.replace(core + 2 * 144, 2, "06");  // earlyCapabilityFlags without RNS_UD_CS_SUPPORT_ERRINFO_PDU
  peer.send(initial);
  peer.receive();
  peer.send(kErectDomain);
  peer.send(kAttachUser);
  peer.receive();
  for (const std::string channel : {"03ef", "03eb", "03ec", "03ed", "03ee"}) {
    peer.send(kJoin + channel);
    peer.receive();
  }
  peer.send(kClientInfo);
  EXPECT_EQ(peer.end(), "close_notify");
}

struct AtMcs {
  const char* personality;
  std::vector<std::string> sent;  ///< behind the Connect-Initial, each after an answer
  const char* last;               ///< what the host says last
  const char* end;
};

class InMcs : public Session, public ::testing::WithParamInterface<AtMcs> {};

TEST_P(InMcs, last_answer_and_end) {
  start(GetParam().personality);
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.send(connect_initial(1));
  for (const std::string& next : GetParam().sent) {
    peer.receive();
    peer.send(next);
  }
  if (*GetParam().last != '\0') {
    EXPECT_EQ(peer.receive(), GetParam().last);
  }
  EXPECT_EQ(peer.end(), GetParam().end);
  EXPECT_EQ(stats().session_errors, 0U);
}
INSTANTIATE_TEST_SUITE_P(
    Session, InMcs,
    ::testing::Values(
        AtMcs{"session_connect_refused",
              {},
              "0300002e02f0807f66240a010e020100301a020122020103020100020101020100020101020300fff80201020400",
              "close_notify"},
        AtMcs{"session_ultimatum_at_connect", {}, "0300000902f0802080", "close_notify"},
        AtMcs{"session_malformed_connect_response", {}, "0300000f02f0807f668201450a0100", "closed"},
        AtMcs{"session_closes_at_mcs", {}, "", "closed"}, AtMcs{"session_resets_at_mcs", {}, "", "reset"},
        AtMcs{"session_attach_refused",
              {std::string(kErectDomain) + kAttachUser},
              "0300000902f0802da0",
              "close_notify"},
        AtMcs{"session_ultimatum_at_attach",
              {std::string(kErectDomain) + kAttachUser},
              "0300000902f0802080",
              "close_notify"},
        AtMcs{"session_join_refused",
              {std::string(kErectDomain) + kAttachUser, std::string(kJoin) + "03ef"},
              "0300000d02f0803c60000603ef",
              "close_notify"},
        AtMcs{"session_ultimatum_at_join",
              {std::string(kErectDomain) + kAttachUser, std::string(kJoin) + "03ef"},
              "0300000902f0802080",
              "close_notify"}));

TEST_F(Session, tampered_and_omitted_echo) {
  start("session_tampered");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.send(connect_initial(1));
  EXPECT_THAT(peer.receive(), HasSubstr("010c0c000400080003000000030c"));
  Scenarios scenarios;
  scenarios.port = 0;
  Behaviour behaviour = changed([](Behaviour& change) {
    change.session.omit_echo = true;
    change.session.rdp_version = 0x00080011;
  });
  scenarios.hosts.emplace_back(AddressRange::parse("127.77.0.0/16").value(), HostScenario(behaviour));
  simulator_->replace(std::move(scenarios));
  Client second = connect();
  SessionPeer short_core(second, 0x03, 1);
  short_core.send(connect_initial(1));
  EXPECT_THAT(short_core.receive(), HasSubstr("010c080011000800030c"));
}

TEST_F(Session, stalls) {
  start("session_stalls_at_licensing");
  Client client = connect();
  SessionPeer peer(client, 0x01, 1);
  peer.join_all();
  peer.send(kClientInfo);
  wait_for_stats([](const HostStats& seen) { return seen.client_infos == 1; }, "the Client Info");
  EXPECT_EQ(client.next(std::chrono::milliseconds(50)), Next::silent);
  EXPECT_EQ(stats().faults, 0U);
}

TEST_F(Session, latency_and_faults_at_their_steps) {
  start(changed([](Behaviour& behaviour) {
    behaviour.latency = {{Step::connect_initial, Milliseconds(40)}, {Step::client_info, Milliseconds(50)}};
    behaviour.fault = Fault{Step::client_info, {}, from_hex("0300000702f080").value(), Ending::reset, {}};
  }));
  Client client = connect();
  SessionPeer peer(client, 0x01, 1);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(peer.answer_to_client_info(), "0300000702f080");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(90));
  EXPECT_EQ(peer.end(), "reset");
  EXPECT_EQ(stats().faults, 1U);
}

}  // namespace
}  // namespace rdpwatch::sim
