// Phase `nla` through the whole machine: what each answer to the NTLM NEGOTIATE is called.

#include "probes/handshake/nla_phase.hpp"

#include <gmock/gmock.h>

#include "tests/unit/handshake/session_script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using Events = std::vector<Event>;

Outcome answer(Event event, int selected = 8) {
  return run(nla_plan(), until_challenge(selected) + Events{std::move(event)});
}

std::string outcome_of(const Outcome& outcome) {
  EXPECT_TRUE(outcome.finished);
  const auto& result = outcome.result;
  std::string text = result.nla ? std::string(name(result.nla->outcome)) : "nothing";
  if (result.failure)
    text.append(": ").append(name(result.failure->phase)).append(" ").append(name(result.failure->reason));
  return text;
}

TEST(NlaPhase, SendsOneNegotiateAndNothingElse) {
  const auto outcome = answer(bytes(kWindowsChallenge));
  ASSERT_TRUE(outcome.finished);
  const auto& sent = std::get<SendBytes>(outcome.actions[5].what);
  EXPECT_EQ(sent.bytes, from_hex("3037a003020106a130302e302ca02a04284e544c4d5353500001000000b78208e200000000"
                                 "00000000000000000000 00000a0063450000000f"));
  EXPECT_EQ(sent.what, "NTLM NEGOTIATE");
  EXPECT_TRUE(std::holds_alternative<Finish>(outcome.actions.back().what));
  EXPECT_FALSE(std::get<Finish>(outcome.actions.back().what).leave_mcs);
}

TEST(NlaPhase, WindowsNamesItself) {
  auto plan = nla_plan();
  auto events = until_challenge() + Events{bytes(kWindowsChallenge)};
  // 2024-03-17T15:26:00Z; the NEGOTIATE leaves 6 ms later and is answered after one more.
  std::get<Start>(events[0]).wall_clock = std::chrono::sys_seconds(1710689160s);
  const auto outcome = run(plan, events);
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_EQ(result.phases.back().phase, Phase::nla);
  EXPECT_EQ(result.phases.back().duration, Duration(2ms));
  EXPECT_EQ(result.nla->outcome, NlaOutcome::challenge);
  EXPECT_EQ(result.nla->version, 6u);
  EXPECT_EQ(result.host->netbios_computer, "RDP01");
  EXPECT_EQ(result.host->netbios_domain, "CONTOSO");
  EXPECT_EQ(result.host->dns_computer, "rdp01.contoso.test");
  EXPECT_EQ(result.host->dns_domain, "contoso.test");
  EXPECT_EQ(result.host->dns_forest, "contoso.test");
  EXPECT_EQ(result.host->os_build, "10.0.20348");
  EXPECT_EQ(result.host->os_name, "Windows Server 2022");
  ASSERT_TRUE(result.host->clock_skew);
  EXPECT_NEAR(result.host->clock_skew->count(), 9 - 0.0065, 0.0006);
  EXPECT_FALSE(result.host->name_mismatch) << "a literal has no name to compare";
  EXPECT_THAT(result.findings, IsEmpty());
  EXPECT_THAT(result.not_applicable, IsEmpty());
}

TEST(NlaPhase, WrongClockAndWrongNameAreFindings) {
  auto plan = nla_plan();
  plan.server_name = "ts09.contoso.test";
  auto events = until_challenge() + Events{bytes(kWindowsChallenge)};
  std::get<Start>(events[0]).wall_clock = std::chrono::sys_seconds(1710689169s + 301s);
  auto outcome = run(plan, events);
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_EQ(outcome.result.host->name_mismatch, true);
  EXPECT_THAT(outcome.result.findings, ElementsAre("clock_skew", "host_name_mismatch"));

  std::get<Start>(events[0]).wall_clock = std::chrono::sys_seconds(1710689169s - 299s);
  plan.server_name = "rdp01.contoso.test";
  outcome = run(plan, events);
  EXPECT_EQ(outcome.result.host->name_mismatch, false);
  EXPECT_THAT(outcome.result.findings, IsEmpty());
}

TEST(NlaPhase, FreeRdpIsNotCalledWindows7) {
  const auto outcome = answer(bytes(kFreeRdpChallenge), 2);
  EXPECT_EQ(outcome_of(outcome), "challenge");
  EXPECT_EQ(outcome.result.host->netbios_computer, "VM");
  EXPECT_EQ(outcome.result.host->os_build, "6.1.7601");
  EXPECT_EQ(outcome.result.host->os_name, "");
}

TEST(NlaPhase, AnswerByteByByte) {
  auto events = until_challenge();
  for (const std::uint8_t byte : from_hex(kWindowsChallenge)) events.push_back(BytesReceived{{byte}});
  const auto outcome = run(nla_plan(), events);
  EXPECT_EQ(outcome_of(outcome), "challenge");
  EXPECT_EQ(outcome.result.host->netbios_computer, "RDP01");
}

TEST(NlaPhase, EveryTruncationWaitsForMore) {
  const auto whole = from_hex(kWindowsChallenge);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto outcome = run(nla_plan(), until_challenge() + Events{BytesReceived{part}});
    EXPECT_FALSE(outcome.finished) << size;
    EXPECT_TRUE(std::holds_alternative<ReceiveBytes>(outcome.actions.back().what)) << size;
  }
}

TEST(NlaPhase, HealthyHostsWithoutNtlmFailNothing) {
  EXPECT_EQ(outcome_of(answer(io_failed(FailureReason::connection_closed))), "closed_on_negotiate");
  EXPECT_EQ(outcome_of(answer(bytes(kNtlmBlocked))), "ntlm_refused");
  EXPECT_EQ(outcome_of(answer(bytes("300da003020106a4060204c00000bb"))), "ntlm_refused");
  EXPECT_EQ(outcome_of(answer(bytes("300da003020106a406020480090305"))), "ntlm_refused");
  EXPECT_EQ(outcome_of(answer(bytes(kNoToken))), "ntlm_refused");
  EXPECT_EQ(outcome_of(answer(bytes(kSpnegoReject))), "ntlm_refused");
  EXPECT_EQ(outcome_of(answer(TlsFailed{FailureReason::tls_alert, 49, "received alert", {}, {}, {}})),
            "ntlm_refused");
  EXPECT_THAT(answer(bytes(kNtlmBlocked)).result.findings, ElementsAre("nla_ntlm_refused"));
  EXPECT_EQ(answer(bytes(kNtlmBlocked)).result.nla->error_code, 0xC0000418u);
  EXPECT_THAT(answer(io_failed(FailureReason::connection_closed)).result.findings,
              ElementsAre("nla_closed_on_negotiate"));
}

TEST(NlaPhase, HostWithoutNla) {
  auto outcome = run(nla_plan(), until_confirm() + Events{confirm_selected(1), established()});
  EXPECT_EQ(outcome_of(outcome), "no_credssp");
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  ASSERT_EQ(outcome.result.not_applicable.size(), 1u);
  EXPECT_EQ(outcome.result.not_applicable[0].phase, Phase::nla);
  EXPECT_EQ(outcome.result.not_applicable[0].why, "the server chose TLS without NLA");

  auto plan = nla_plan();
  plan.require_tls = false;
  outcome = run(plan, until_confirm() + Events{confirm_selected(0)});
  EXPECT_EQ(outcome_of(outcome), "no_credssp");
  EXPECT_EQ(outcome.result.not_applicable.size(), 2u);
}

TEST(NlaPhase, ErrorCodesBecomeReasonsAndKeepTheirNumber) {
  EXPECT_EQ(outcome_of(answer(bytes(kLogonFailure))), "error_code: nla credentials_rejected");
  EXPECT_EQ(outcome_of(answer(bytes(kAccountDisabled))), "error_code: nla account_restricted");
  EXPECT_EQ(outcome_of(answer(bytes(kAccessDenied))), "error_code: nla access_denied");
  EXPECT_EQ(outcome_of(answer(bytes(kNoLogonServers))), "error_code: nla nla_protocol_error");
  const auto unknown = answer(bytes("300da003020106a4060204c0001234"));
  EXPECT_EQ(outcome_of(unknown), "error_code: nla nla_protocol_error");
  EXPECT_EQ(unknown.result.failure->number, 0xC0001234);
  EXPECT_EQ(unknown.result.failure->detail, "TSRequest errorCode 0xc0001234");
  EXPECT_EQ(answer(bytes(kLogonFailure)).result.failure->detail,
            "TSRequest errorCode STATUS_LOGON_FAILURE (0xc000006d)");
}

TEST(NlaPhase, EarlyUserAuthorizationIsARefusal) {
  EXPECT_EQ(outcome_of(answer(bytes("05000000"))), "nothing: nla access_denied");
  EXPECT_EQ(answer(bytes("05000000")).result.failure->detail,
            "Early User Authorization Result: access denied");
  EXPECT_EQ(outcome_of(answer(bytes("00000000"))), "nothing: nla unexpected_pdu");
  EXPECT_FALSE(answer(bytes("0500")).finished);
  // Only HYBRID_EX has it.
  EXPECT_EQ(outcome_of(answer(bytes("05000000"), 2)), "nothing: nla unexpected_pdu");
}

TEST(NlaPhase, BrokenAnswersFail) {
  EXPECT_EQ(outcome_of(answer(bytes("0300000902f0802180"), 2)), "nothing: nla unexpected_pdu");
  EXPECT_EQ(outcome_of(answer(bytes("3000"))), "nothing: nla malformed_pdu");
  EXPECT_EQ(outcome_of(answer(bytes("3083ffffff"))), "nothing: nla oversized_pdu");
  EXPECT_EQ(outcome_of(answer(bytes("3013a003020106a10c300a3008a006040411223344"))),
            "nothing: nla malformed_pdu");
  EXPECT_EQ(outcome_of(answer(io_failed(FailureReason::connection_reset))), "nothing: nla connection_reset");
  EXPECT_EQ(outcome_of(answer(DeadlineReached{})), "nothing: nla timeout");
  EXPECT_EQ(answer(DeadlineReached{}).result.failure->detail,
            "no answer within 1.0 ms of NTLM NEGOTIATE, 0 bytes received");
  const auto half = run(nla_plan(), until_challenge() + Events{bytes("30819fa003"),
                                                               io_failed(FailureReason::connection_closed)});
  EXPECT_EQ(outcome_of(half), "nothing: nla connection_closed");
}

TEST(NlaPhase, OtherAlertsFail) {
  const auto outcome = answer(TlsFailed{FailureReason::tls_alert, 80, "received alert", {}, {}, {}});
  EXPECT_EQ(outcome_of(outcome), "nothing: nla tls_alert");
  EXPECT_EQ(outcome.result.failure->number, 80);
}

}  // namespace
}  // namespace rdpwatch::handshake
