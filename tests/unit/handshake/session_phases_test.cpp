// Phases `mcs` and `licensing` through the whole machine.

#include <gmock/gmock.h>

#include "probes/handshake/licensing_phase.hpp"
#include "probes/handshake/mcs_phase.hpp"
#include "tests/unit/handshake/session_script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using Events = std::vector<Event>;

std::vector<std::string> sent_messages(const Outcome& outcome) {
  std::vector<std::string> names;
  for (const auto& action : outcome.actions) {
    if (const auto* message = std::get_if<SendBytes>(&action.what)) names.emplace_back(message->what);
  }
  return names;
}

TEST(SessionPhases, HostThatNeedsNoLicence) {
  const auto outcome = run(licensing_plan(), until_license() + Events{bytes(kValidClient)});
  ASSERT_TRUE(outcome.finished);
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_THAT(phases(result), ElementsAre("connect", "negotiate", "tls", "mcs", "licensing"));
  EXPECT_THAT(sent_messages(outcome),
              ElementsAre("Connection Request", "MCS Connect-Initial", "MCS Attach User Request",
                          "MCS Channel Join Request", "MCS Channel Join Request", "Client Info"));
  EXPECT_EQ(result.mcs->version, 0x00080004u);
  EXPECT_EQ(result.mcs->requested_protocols, 1u);
  EXPECT_EQ(result.mcs->encryption_method, 0u);
  EXPECT_EQ(result.licensing->outcome, LicensingOutcome::valid_client);
  EXPECT_THAT(result.findings, ElementsAre("nla_not_required"));
  EXPECT_TRUE(std::get<Finish>(outcome.actions.back().what).leave_mcs);
}

TEST(SessionPhases, EchoesWhatTheServerSelectedAndJoinsItsChannels) {
  const auto outcome = run(licensing_plan(), until_license());
  std::vector<Bytes> sent;
  for (const auto& action : outcome.actions) {
    if (const auto* message = std::get_if<SendBytes>(&action.what)) sent.push_back(message->bytes);
  }
  ASSERT_EQ(sent.size(), 6u);
  // serverSelectedProtocol is the end of CS_CORE, whose header is 01 c0 d8 00 (216 bytes).
  const Bytes core_header = from_hex("01c0d800");
  const auto core = std::search(sent[1].begin(), sent[1].end(), core_header.begin(), core_header.end());
  ASSERT_NE(core, sent[1].end());
  EXPECT_EQ(Bytes(core + 212, core + 216), from_hex("01000000"));
  EXPECT_EQ(sent[2], from_hex("0300000c02f0800401000100 0300000802f08028"));
  EXPECT_EQ(sent[3], from_hex("0300000c02f08038000603ef"));
  EXPECT_EQ(sent[4], from_hex("0300000c02f08038000603eb"));
}

TEST(SessionPhases, MessagesInOneRead) {
  auto all = from_hex(kAttachConfirm);
  auto events =
      until_connect_response() + Events{bytes(kConnectResponse), Sent{}, BytesReceived{all}, Sent{}};
  all = from_hex(kUserJoined);
  const auto early = from_hex(kNoErrorInfo);  // a server may send it whenever it likes
  all.insert(all.begin(), early.begin(), early.end());
  events.push_back(BytesReceived{all});
  events.push_back(Sent{});
  all = from_hex(kIoJoined);
  const auto license = from_hex(kValidClient);
  all.insert(all.end(), license.begin(), license.end());
  events.push_back(BytesReceived{all});
  events.push_back(Sent{});
  const auto outcome = run(licensing_plan(), events);
  EXPECT_TRUE(outcome.finished);
  EXPECT_EQ(outcome.result.licensing->outcome, LicensingOutcome::valid_client);
}

TEST(SessionPhases, ChangedRequestIsAFinding) {
  auto events = until_connect_response() + Events{bytes(kConnectResponseTampered),
                                                  Sent{},
                                                  bytes(kAttachConfirm),
                                                  Sent{},
                                                  bytes(kUserJoined),
                                                  Sent{},
                                                  bytes(kIoJoined),
                                                  Sent{},
                                                  bytes(kValidClient)};
  const auto outcome = run(licensing_plan(), events);
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_EQ(outcome.result.mcs->requested_protocols, 0x0Bu);
  EXPECT_THAT(outcome.result.findings, ElementsAre("nla_not_required", "negotiation_tampered"));
}

TEST(SessionPhases, HostThatDemandsNlaIsPassedBy) {
  auto plan = licensing_plan();
  const auto outcome = run(plan, until_confirm() + Events{confirm_failure(5)} + again_until_confirm() +
                                     Events{confirm_selected(8), established()});
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_THAT(phases(result), ElementsAre("connect", "negotiate", "tls"));
  ASSERT_EQ(result.not_applicable.size(), 2u);
  EXPECT_EQ(result.not_applicable[0].phase, Phase::mcs);
  EXPECT_EQ(result.not_applicable[1].phase, Phase::licensing);
  EXPECT_EQ(result.not_applicable[1].why,
            "the server demands NLA: a session begins with a logon, which this module never attempts");
  EXPECT_FALSE(result.licensing);
}

TEST(SessionPhases, StandardRdpSecurityIsReadUpToItsStrength) {
  // MS-RDPBCGR 4.1.4: 128-bit, client compatible, a proprietary certificate of 512 bits.
  const Event response = bytes(
      "0300015102f0807f668201450a0100020100301a020122020103020100020101020100020101020300fff80201020482"
      "011f000500147c00012a14760a01010001c0004d63446e8108010c0c000400080000000000030c1000eb030300ec03ed"
      "03ee030000020cec00020000000200000020000000b80000001011772030610a12e434a11ef2c39f317da45f01893496"
      "e0ff1108697f1ac3d201000000010000000100000006005c005253413148000000000200003f00000001000100cb81fe"
      "ba6d61c35505d55f2e87f87194d6f1a5cbf15f0c3df8700296c4fb9bc83c2d55aee8ff3275ea6879e5a201fd31a0b11f"
      "55a61fc1f6d1838863265612bc000000000000000008004800e9e1d628468b4ef50adffdee2199acb4e18f5f815782ef"
      "9d965263271829dbb34afd9ada42adb56921890e1dc04c1aa8aa713e0f54b99ae499683f6cd676846100000000000000"
      "00");
  auto plan = licensing_plan();
  plan.require_tls = false;
  plan.requested_protocols = 0;
  for (const Depth depth : {Depth::mcs, Depth::licensing}) {
    plan.depth = depth;
    const auto outcome = run(plan, until_confirm() + Events{confirm_selected(0), Sent{}, response});
    ASSERT_TRUE(outcome.finished);
    const ProbeResult& result = outcome.result;
    EXPECT_EQ(result.verdict, Verdict::success);
    EXPECT_THAT(phases(result), ElementsAre("connect", "negotiate", "mcs"));
    EXPECT_EQ(result.mcs->encryption_method, 2u);
    EXPECT_EQ(result.mcs->encryption_level, 2u);
    EXPECT_EQ(result.mcs->rdp_key_bits, 512u);
    EXPECT_THAT(result.findings, ElementsAre("legacy_rdp_security", "nla_not_required", "weak_rdp_key"));
    EXPECT_EQ(result.not_applicable.size(), depth == Depth::mcs ? 1u : 2u);
    EXPECT_TRUE(std::get<Finish>(outcome.actions.back().what).leave_mcs);
  }
}

TEST(SessionPhases, LicenceRequestIsAnAnswer) {
  // MS-RDPELE 2.2.2.1 in short: ServerRandom, 6.0 of Microsoft Corporation (A02), RSA, a certificate blob,
  // one scope.
  const std::string body =
      "00000000000000000000000000000000000000000000000000000000 00000000"
      "00000600 2c000000 4d006900630072006f0073006f0066007400200043006f00720070006f0072006100740069006f006e00"
      "0000 08000000 4100300032000000 0d000400 01000000 0300 0000 01000000 0e000e00 "
      "6d6963726f736f66742e636f6d"
      "00";
  auto body_bytes = from_hex(body);
  Bytes message{0x80, 0, 0, 0, 0x01, 0x02};
  const auto size = static_cast<std::uint16_t>(body_bytes.size() + 4);
  message.push_back(size & 0xFF);
  message.push_back(size >> 8);
  message.insert(message.end(), body_bytes.begin(), body_bytes.end());
  Bytes pdu = from_hex("0300000002f08068000103eb70");
  pdu.push_back(static_cast<std::uint8_t>(0x80 | message.size() >> 8));
  pdu.push_back(static_cast<std::uint8_t>(message.size() & 0xFF));
  pdu.insert(pdu.end(), message.begin(), message.end());
  pdu[2] = static_cast<std::uint8_t>(pdu.size() >> 8);
  pdu[3] = static_cast<std::uint8_t>(pdu.size() & 0xFF);
  const auto outcome = run(licensing_plan(), until_license() + Events{BytesReceived{pdu}});
  ASSERT_TRUE(outcome.finished);
  EXPECT_EQ(outcome.result.verdict, Verdict::success) << outcome.result.failure->detail;
  EXPECT_EQ(outcome.result.licensing->outcome, LicensingOutcome::license_request);
  EXPECT_EQ(outcome.result.licensing->company, "Microsoft Corporation");
  EXPECT_EQ(outcome.result.licensing->product_id, "A02");
  EXPECT_THAT(outcome.result.licensing->scopes, ElementsAre("microsoft.com"));
}

TEST(SessionPhases, ServersOwnRefusalsKeepTheirNumbers) {
  struct Row {
    Events events;
    std::string failure;
    std::int64_t number;
    std::string detail;
  };
  const Events attach = until_connect_response() + Events{bytes(kConnectResponse), Sent{}};
  const std::vector<Row> rows{
      {until_connect_response() + Events{bytes(kConnectRefused)}, "mcs mcs_refused", 14,
       "MCS Connect-Response with result rt-unspecified-failure (14)"},
      {attach + Events{bytes(kAttachRefused)}, "mcs mcs_refused", 14,
       "MCS Attach User Confirm with result rt-unspecified-failure (14)"},
      {attach + Events{bytes(kAttachConfirm), Sent{}, bytes(kJoinRefused)}, "mcs mcs_refused", 15,
       "MCS Channel Join Confirm with result rt-user-rejected (15)"},
      {until_joined() + Events{bytes(kUltimatum)}, "mcs mcs_refused", 1,
       "MCS DisconnectProviderUltimatum, reason rn-provider-initiated (1)"},
      {until_joined() + Events{bytes(kServerDenied)}, "mcs access_denied", 7,
       "Set Error Info ERRINFO_SERVER_DENIED_CONNECTION (0x7)"},
      {until_license() + Events{bytes(kServerDenied)}, "licensing access_denied", 7,
       "Set Error Info ERRINFO_SERVER_DENIED_CONNECTION (0x7)"},
      {until_license() + Events{bytes(kCrash)}, "licensing error_info", 0x10,
       "Set Error Info ERRINFO_SERVER_DWM_CRASH (0x10)"},
      {until_license() + Events{bytes(kNoLicenseServerInfo)}, "licensing license_error", 0x101,
       "Set Error Info ERRINFO_LICENSE_NO_LICENSE_SERVER (0x101)"},
      {until_license() + Events{bytes(kNoLicense)}, "licensing license_refused", 2,
       "licensing ERROR_ALERT NO_LICENSE (0x2)"},
      {until_license() + Events{bytes(kNoLicenseServer)}, "licensing license_error", 6,
       "licensing ERROR_ALERT NO_LICENSE_SERVER (0x6)"},
      {until_license() + Events{bytes(kUltimatum)}, "licensing mcs_refused", 1,
       "MCS DisconnectProviderUltimatum, reason rn-provider-initiated (1)"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(failure_of(licensing_plan(), row.events), row.failure) << row.detail;
    const auto outcome = run(licensing_plan(), row.events);
    ASSERT_TRUE(outcome.result.failure);
    EXPECT_EQ(outcome.result.failure->number, row.number) << row.detail;
    EXPECT_EQ(outcome.result.failure->detail, row.detail);
  }
}

TEST(SessionPhases, WhatIsSeenBeforeAFailureIsKept) {
  const auto outcome = run(licensing_plan(), until_license() + Events{bytes(kNoLicense)});
  EXPECT_TRUE(outcome.result.mcs);
  EXPECT_FALSE(outcome.result.licensing);
  EXPECT_TRUE(std::get<Finish>(outcome.actions.back().what).leave_mcs);
  const auto refused = run(licensing_plan(), until_connect_response() + Events{bytes(kConnectRefused)});
  EXPECT_FALSE(std::get<Finish>(refused.actions.back().what).leave_mcs);
}

TEST(SessionPhases, MessagesAreBounded) {
  auto events = until_license();
  for (int i = 0; i < 32; ++i) events.push_back(bytes(kNoErrorInfo));
  EXPECT_FALSE(run(licensing_plan(), events).finished);
  events.push_back(bytes(kNoErrorInfo));
  EXPECT_EQ(failure_of(licensing_plan(), events), "licensing unexpected_pdu");
}

TEST(SessionPhases, MessagesOutOfOrderAreUnexpected) {
  EXPECT_EQ(failure_of(licensing_plan(), until_connect_response() + Events{bytes(kAttachConfirm)}),
            "mcs unexpected_pdu");
  EXPECT_EQ(failure_of(licensing_plan(), until_joined() + Events{bytes(kConnectResponse)}),
            "mcs unexpected_pdu");
  EXPECT_EQ(failure_of(licensing_plan(), until_license() + Events{bytes(kAttachConfirm)}),
            "licensing unexpected_pdu");
  // A PLATFORM_CHALLENGE answers a request that nobody made.
  EXPECT_EQ(failure_of(licensing_plan(), until_license() + Events{bytes("0300001602f08068000103eb7008"
                                                                        "80000000 02020400")}),
            "licensing unexpected_pdu");
}

}  // namespace
}  // namespace rdpwatch::handshake
