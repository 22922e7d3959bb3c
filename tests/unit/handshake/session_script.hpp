#pragma once
// What servers say behind TLS, as Events: CredSSP answers, and the messages of MCS and licensing.

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake::test {

inline ProbePlan nla_plan() {
  auto plan = literal_plan();
  plan.depth = Depth::nla;
  plan.fall_back_to_legacy_tls = false;
  return plan;
}

inline ProbePlan licensing_plan() {
  auto plan = literal_plan();
  plan.depth = Depth::licensing;
  plan.requested_protocols = 1;
  plan.fall_back_to_legacy_tls = false;
  return plan;
}

// ---- CredSSP: MS-CSSP 2.2.1 ----------------------------------------------------------------------------

/// FreeRDP 2.11 on a host called "vm": version 6, NTLM CHALLENGE of 6.1.7601 with a timestamp, clientNonce.
inline constexpr const char* kFreeRdpChallenge =
    "30819f a003020106 a17430723070a06e046c"
    "4e544c4d53535000020000000400040038000000b78288e2b6a900a76ceacd0f000000000000000030003000 3c000000"
    "0601b11d0000000f 56004d00 0200040056004d00 0100040056004d00 0400040076006d00 0300040076006d00"
    "0700080080e362b7597bdd01 00000000"
    "a5220420 96a66536c81bee24ffddd915d582e3694013118bdf9b475ceff0d281a5814ef9";
/// RDP01 of contoso.test, Windows Server 2022, its clock at 2024-03-17T15:26:09Z.
inline constexpr const char* kWindowsChallenge =
    "3081ea a003020106 a181e2 3081df 3081dc a081d9 0481d6"
    "4e544c4d53535000020000000e000e0038000000358289e20123456789abcdef00000000000000009000900046000000"
    "0a007c4f0000000f43004f004e0054004f0053004f0002000e0043004f004e0054004f0053004f0001000a0052004400"
    "5000300031000400180063006f006e0074006f0073006f002e0074006500730074000300240072006400700030003100"
    "2e0063006f006e0074006f0073006f002e0074006500730074000500180063006f006e0074006f0073006f002e007400"
    "65007300740007000800803ea36f7f78da0100000000";
inline constexpr const char* kLogonFailure = "300da003020106a4060204c000006d";
inline constexpr const char* kAccountDisabled = "300da003020106a4060204c0000072";
inline constexpr const char* kAccessDenied = "300da003020106a4060204c0000022";
inline constexpr const char* kNoLogonServers = "300da003020106a4060204c000005e";
inline constexpr const char* kNtlmBlocked = "300da003020106a4060204c0000418";
inline constexpr const char* kNoToken = "3005a003020106";
/// negoTokens with a NegTokenResp of negState reject.
inline constexpr const char* kSpnegoReject = "3018a003020106 a111300f300da00b0409 a1073005a0030a0102";

inline std::vector<Event> until_challenge(int selected = 8) {
  return until_confirm() + std::vector<Event>{confirm_selected(selected), established(), Sent{}};
}

// ---- MCS and licensing ---------------------------------------------------------------------------------

/// Connect-Responses with SC_CORE (RDP 5.0, clientRequestedProtocols 1), SC_SECURITY (none) and SC_NET
/// (1003).
inline constexpr const char* kConnectResponse =
    "0300006802f0807f665e0a0100020100301a020122020103020100020101020100020101020300fff8020102043a"
    "000500147c00012a14760a01010001c0004d63446e24"
    "010c10000400080001000000 00000000 020c0c000000000000000000 030c0800eb030000";
/// The same with clientRequestedProtocols 0x0B, which we did not ask for.
inline constexpr const char* kConnectResponseTampered =
    "0300006802f0807f665e0a0100020100301a020122020103020100020101020100020101020300fff8020102043a"
    "000500147c00012a14760a01010001c0004d63446e24"
    "010c1000040008000b000000 00000000 020c0c000000000000000000 030c0800eb030000";
/// The same with result 14.
inline constexpr const char* kConnectRefused =
    "0300006802f0807f665e0a010e020100301a020122020103020100020101020100020101020300fff8020102043a"
    "000500147c00012a14760a01010001c0004d63446e24"
    "010c1000040008000100000000000000 020c0c000000000000000000 030c0800eb030000";
inline constexpr const char* kAttachConfirm = "0300000b02f0802e000006";        // user 1007
inline constexpr const char* kAttachRefused = "0300000b02f0802e0e0006";        // result 14
inline constexpr const char* kUserJoined = "0300000f02f0803e00000603ef03ef";   // channel 1007
inline constexpr const char* kIoJoined = "0300000f02f0803e00000603eb03eb";     // channel 1003
inline constexpr const char* kJoinRefused = "0300000f02f0803e0f000603ef03ef";  // result 15
inline constexpr const char* kUltimatum = "0300000902f0802080";                // provider-initiated
/// ERROR_ALERTs within TLS: STATUS_VALID_CLIENT, NO_LICENSE, NO_LICENSE_SERVER.
inline constexpr const char* kValidClient =
    "0300002202f08068000103eb701480000000ff031000070000000200000004000000";
inline constexpr const char* kNoLicense =
    "0300002202f08068000103eb701480000000ff031000020000000100000004000000";
inline constexpr const char* kNoLicenseServer =
    "0300002202f08068000103eb701480000000ff031000060000000100000004000000";
/// Set Error Info: 7 (server denied connection), 0x10 (window manager crashed), 0x101 (no licence server), 0.
inline constexpr const char* kServerDenied =
    "0300002402f08068000103eb7016 16001700ea03ea030100000108002f00000007000000";
inline constexpr const char* kCrash =
    "0300002402f08068000103eb7016 16001700ea03ea030100000108002f00000010000000";
inline constexpr const char* kNoLicenseServerInfo =
    "0300002402f08068000103eb7016 16001700ea03ea030100000108002f00000001010000";
inline constexpr const char* kNoErrorInfo =
    "0300002402f08068000103eb7016 16001700ea03ea030100000108002f00000000000000";

inline std::vector<Event> until_connect_response() {
  return until_confirm() + std::vector<Event>{confirm_selected(1), established(), Sent{}};
}
inline std::vector<Event> until_joined() {
  return until_connect_response() + std::vector<Event>{bytes(kConnectResponse), Sent{},
                                                       bytes(kAttachConfirm),   Sent{},
                                                       bytes(kUserJoined),      Sent{}};
}
inline std::vector<Event> until_license() {
  return until_joined() + std::vector<Event>{bytes(kIoJoined), Sent{}};
}

}  // namespace rdpwatch::handshake::test
