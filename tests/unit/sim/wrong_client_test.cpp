// Clients that say something wrong behind the negotiation: the host counts them, says why, and closes.

#include <gmock/gmock.h>

#include "tests/unit/sim/session_peer.hpp"

namespace rdpwatch::sim {
namespace {

class WrongClients : public SimulatorTest {
 protected:
  void expect_error(SessionPeer& peer, const std::string& error) {
    EXPECT_EQ(peer.end(), "close_notify");
    EXPECT_EQ(stats().session_errors, 1U);
    EXPECT_EQ(stats().last_session_error, error);
  }
};

std::string replaced(std::string hex, const std::string& from, const std::string& to) {
  EXPECT_NE(hex.find(from), std::string::npos) << from;
  return hex.replace(hex.find(from), from.size(), to);
}

TEST_F(WrongClients, wrong_selected_protocol) {
  start("session_valid_client");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.send(connect_initial(0));
  expect_error(peer, "serverSelectedProtocol is 0, selected was 1");
}

struct WrongInitial {
  const char* from;  ///< in the Connect-Initial
  const char* to;
  const char* error;
};

class WrongConnectInitials : public WrongClients, public ::testing::WithParamInterface<WrongInitial> {};

TEST_P(WrongConnectInitials, are_refused) {
  start("session_valid_client");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.send(replaced(connect_initial(1), GetParam().from, GetParam().to));
  expect_error(peer, GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(
    Sim, WrongConnectInitials,
    ::testing::Values(
        WrongInitial{"030001a0", "160303a0", "not a TPKT"},
        WrongInitial{"02f080", "02f000", "not an X.224 Data TPDU"},
        WrongInitial{"7f6582", "7f6682", "a malformed MCS Connect-Initial"},
        WrongInitial{"7f65820194", "7f65820193", "a malformed MCS Connect-Initial"},
        WrongInitial{"3019020122", "3019030122", "a malformed MCS Connect-Initial"},
        WrongInitial{"000500147c0001", "000500147c0002", "no GCC ConferenceCreateRequest"},
        WrongInitial{"7c0001812a", "7c0001812b", "a malformed GCC ConferenceCreateRequest"},
        WrongInitial{"44756361811c", "44756361811d", "the GCC user data has another length than it says"},
        WrongInitial{"04c00c00", "04c00300", "a data block has a wrong length"},
        WrongInitial{"02c00c00", "07c00c00", "CS_CORE or CS_SECURITY is missing"},
        WrongInitial{"03c02c0003000000", "03c02c0002000000", "CS_NET has another length than its channels"},
        WrongInitial{"7264706472000000", "4d535f5431323000", "CS_NET asks for MS_T120"}));

TEST_F(WrongClients, none_of_the_hosts_methods) {
  start("audit_permissive");
  Client client = connect();
  SessionPeer peer(client, 0x00, 0);
  peer.send(replaced(connect_initial(0), "02c00c001b000000", "02c00c0002000000"));
  EXPECT_EQ(peer.end(), "closed");
  EXPECT_EQ(stats().last_session_error, "encryptionMethods has not the host's method 1");
}

struct WrongPdu {
  std::vector<std::string> sent;  ///< behind the Connect-Response, each but the last followed by an answer
  const char* error;
};

class WrongPdus : public WrongClients, public ::testing::WithParamInterface<WrongPdu> {};

TEST_P(WrongPdus, are_refused) {
  start("session_valid_client");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.send(connect_initial(1));
  for (const std::string& next : GetParam().sent) {
    peer.receive();
    peer.send(next);
  }
  expect_error(peer, GetParam().error);
}
const std::string kAttached = std::string(kErectDomain) + kAttachUser;
INSTANTIATE_TEST_SUITE_P(
    Sim, WrongPdus,
    ::testing::Values(
        WrongPdu{{kAttachUser}, "expected an Erect Domain Request"},
        WrongPdu{{std::string(kErectDomain) + kErectDomain}, "expected an Attach User Request"},
        WrongPdu{{kAttached, kClientInfo}, "expected a Channel Join Request"},
        WrongPdu{{kAttached, "0300000c02f08038000503eb"}, "a Channel Join Request of user 1006"},
        WrongPdu{{kAttached, "0300000c02f08038000603f0"}, "a Channel Join Request for channel 1008"}));

struct WrongInfo {
  const char* from;  ///< in the Client Info
  const char* to;
  const char* error;
};

class WrongClientInfos : public WrongClients, public ::testing::WithParamInterface<WrongInfo> {};

TEST_P(WrongClientInfos, are_refused) {
  start("session_valid_client");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.join_all();
  peer.send(replaced(kClientInfo, GetParam().from, GetParam().to));
  expect_error(peer, GetParam().error);
  EXPECT_EQ(stats().client_infos, 0U);
}
INSTANTIATE_TEST_SUITE_P(
    Sim, WrongClientInfos,
    ::testing::Values(WrongInfo{"64000603eb", "64000603ec", "expected a Client Info on the I/O channel"},
                      WrongInfo{"64000603eb", "64000503eb", "expected a Client Info on the I/O channel"},
                      WrongInfo{"7020", "7021", "expected a Client Info on the I/O channel"},
                      WrongInfo{"702040000000", "702080000000", "Client Info: wrong security flags"},
                      WrongInfo{"10000000"
                                "00000000",
                                "1800000000000000", "Client Info: asks for automatic logon"},
                      WrongInfo{"10000000"
                                "00000000",
                                "1000000000000200", "Client Info: names a user"},
                      WrongInfo{"10000000"
                                "0000000000",
                                "100000000000000002", "Client Info: has a password"},
                      WrongInfo{"10000000"
                                "00000000",
                                "1000000014000000", "Client Info: a string has another length than it says"},
                      WrongInfo{"4000000000000000"
                                "10",
                                "400000000000000000", "Client Info: not in Unicode"}));

TEST_F(WrongClients, going_on_behind_licensing) {
  start("session_license_request");
  Client client = connect();
  SessionPeer peer(client, 0x0B, 1);
  peer.answer_to_client_info();
  peer.send("0300001602f08064000603eb70088000000015030400");
  expect_error(peer, "goes on behind licensing");
}

}  // namespace
}  // namespace rdpwatch::sim
