#include "probes/handshake/handshake_machine.hpp"

#include <gmock/gmock.h>

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(HandshakeMachine, HealthyHost) {
  const auto outcome = run(name_plan(), {Start{}, Resolved{{"10.0.0.9"}}, Admitted{5ms}, Connected{}, Sent{},
                                         confirm_selected(8), established()});
  ASSERT_TRUE(outcome.finished);
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_EQ(result.target, "ts09.corp.example.com:3389");
  EXPECT_EQ(result.address, "10.0.0.9:3389");
  EXPECT_EQ(result.connections, 1);
  EXPECT_THAT(phases(result), ElementsAre("resolve", "connect", "negotiate", "tls"));
  EXPECT_EQ(result.phases[0].duration, Duration(1ms));
  EXPECT_EQ(result.phases[2].duration, Duration(2ms));
  EXPECT_EQ(result.gate_wait, Duration(5ms));
  EXPECT_EQ(result.duration, Duration(1ms));  // 6 ms by the clock, 5 of them spent waiting for our own slot
  EXPECT_EQ(result.negotiation->requested, 0x0Bu);
  EXPECT_EQ(result.negotiation->selected, 8u);
  EXPECT_EQ(result.negotiation->flags, 0x1F);
  EXPECT_THAT(result.negotiation->attempts, IsEmpty());
  EXPECT_EQ(result.certificate->subject, "CN=ts09");
  EXPECT_EQ(result.transport->rtt, Duration(500us));
  EXPECT_THAT(result.findings, IsEmpty());
}

TEST(HandshakeMachine, AsksForWhatTheSpecificationSays) {
  const auto outcome = run(name_plan(), {Start{}, Resolved{{"10.0.0.9"}}, Admitted{}, Connected{}, Sent{},
                                         confirm_selected(8), established()});
  EXPECT_EQ(std::get<ResolveName>(outcome.actions[0].what).host, "ts09.corp.example.com");
  EXPECT_EQ(std::get<AdmitConnection>(outcome.actions[1].what).address, "10.0.0.9");
  EXPECT_TRUE(std::get<AdmitConnection>(outcome.actions[1].what).first);
  EXPECT_FALSE(outcome.actions[1].deadline);
  EXPECT_EQ(std::get<ConnectTo>(outcome.actions[2].what).port, 3389);
  EXPECT_EQ(std::get<SendBytes>(outcome.actions[3].what).bytes,
            from_hex("0300002e 29 e0 0000 0000 00 436f6f6b69653a206d737473686173683d7264707761746368 0d0a 01 "
                     "00 0800 0b000000"));
  EXPECT_EQ(std::get<ReceiveBytes>(outcome.actions[4].what).max, 259u);
  EXPECT_EQ(std::get<StartTls>(outcome.actions[5].what).sni, "ts09.corp.example.com");
  EXPECT_EQ(std::get<StartTls>(outcome.actions[5].what).profile, TlsProfile::modern);
}

TEST(HandshakeMachine, LiteralIsNotResolvedAndHasNoSni) {
  const auto outcome = run(literal_plan(), until_tls() + std::vector<Event>{established()});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_THAT(phases(outcome.result), ElementsAre("connect", "negotiate", "tls"));
  EXPECT_EQ(std::get<StartTls>(outcome.actions[4].what).sni, "");
}

TEST(HandshakeMachine, ServerNameIsTheSni) {
  auto plan = literal_plan();
  plan.server_name = "farm.example.com";
  const auto outcome = run(plan, until_tls() + std::vector<Event>{established()});
  EXPECT_EQ(std::get<StartTls>(outcome.actions[4].what).sni, "farm.example.com");
}

TEST(HandshakeMachine, ServerNameThatIsAnAddressIsNoSni) {
  for (const char* const address : {"10.0.0.9", "2001:db8::9"}) {
    auto plan = name_plan();
    plan.server_name = address;
    const auto outcome = run(plan, std::vector<Event>{Start{}, Resolved{{"10.0.0.9"}}, Admitted{},
                                                      Connected{}, Sent{}, confirm_selected(2)});
    EXPECT_EQ(std::get<StartTls>(outcome.actions.back().what).sni, "") << address;
  }
}

TEST(HandshakeMachine, DepthsEndWhereTheySay) {
  auto plan = name_plan();
  plan.depth = Depth::resolve;
  auto outcome = run(plan, {Start{}, Resolved{{"10.0.0.9", "10.0.0.10"}}});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_THAT(outcome.result.addresses, ElementsAre("10.0.0.9", "10.0.0.10"));

  plan = literal_plan();
  plan.depth = Depth::tcp;
  outcome = run(plan, until_connect() + std::vector<Event>{Connected{}});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_THAT(phases(outcome.result), ElementsAre("connect"));

  plan.depth = Depth::negotiate;
  plan.require_tls = false;
  outcome = run(plan, until_confirm() + std::vector<Event>{confirm_without_negotiation()});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_EQ(outcome.result.negotiation->selected, 0u);
  EXPECT_THAT(outcome.result.findings, ElementsAre("legacy_rdp_security", "nla_not_required"));
}

TEST(HandshakeMachine, StandardRdpSecurityHasNoTlsToFail) {
  auto plan = literal_plan();
  plan.require_tls = false;
  const auto outcome = run(plan, until_confirm() + std::vector<Event>{confirm_selected(0)});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  ASSERT_EQ(outcome.result.not_applicable.size(), 1u);
  EXPECT_EQ(outcome.result.not_applicable[0].phase, Phase::tls);
}

TEST(HandshakeMachine, ConfirmByteByByte) {
  auto events = until_confirm();
  for (const std::uint8_t byte : from_hex("030000130ed000001234000201080002000000")) {
    events.push_back(BytesReceived{{byte}});
  }
  events.push_back(established());
  const auto outcome = run(literal_plan(), events);
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_EQ(outcome.result.negotiation->selected, 2u);
}

TEST(HandshakeMachine, BytesBeforeTheClientHelloAreUnexpected) {
  const auto outcome =
      run(literal_plan(),
          until_confirm() + std::vector<Event>{bytes("030000130ed000001234000201080001000000 4142")});
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::unexpected_pdu);
  EXPECT_EQ(outcome.result.failure->detail,
            "bytes after the Connection Confirm, before the ClientHello: 41 42 \"AB\"");
}

// ---- The ladder ----------------------------------------------------------------------------------------

TEST(Ladder, TlsOnlyServerIsAskedForTls) {
  const auto outcome =
      run(literal_plan(), until_confirm() + std::vector<Event>{confirm_failure(1)} + again_until_confirm() +
                              std::vector<Event>{confirm_selected(1), established()});
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_EQ(result.connections, 2);
  EXPECT_EQ(result.negotiation->requested, 0x01u);
  EXPECT_EQ(result.negotiation->selected, 1u);
  ASSERT_EQ(result.negotiation->attempts.size(), 1u);
  EXPECT_EQ(result.negotiation->attempts[0].requested, 0x0Bu);
  EXPECT_EQ(result.negotiation->attempts[0].reason, FailureReason::ssl_required_by_server);
  EXPECT_THAT(phases(result), ElementsAre("connect", "negotiate", "tls"));
}

TEST(Ladder, SecondConnectionHasTheProbesDeadline) {
  const auto outcome = run(literal_plan(), until_confirm() + std::vector<Event>{confirm_failure(1)});
  const auto& admit = std::get<AdmitConnection>(outcome.actions.back().what);
  EXPECT_FALSE(admit.first);
  EXPECT_EQ(outcome.actions.back().deadline, TimePoint(1ms + 10s));
}

TEST(Ladder, EndsInTheReasonThatStops) {
  EXPECT_EQ(failure_of(literal_plan(), until_confirm() + std::vector<Event>{confirm_failure(1)} +
                                           again_until_confirm() + std::vector<Event>{confirm_failure(1)}),
            "negotiate ssl_required_by_server");
  EXPECT_EQ(failure_of(literal_plan(), until_confirm() + std::vector<Event>{confirm_failure(2)} +
                                           again_until_confirm() + std::vector<Event>{confirm_selected(0)}),
            "negotiate protocol_not_allowed");
}

TEST(Ladder, HasAtMostThreeConnections) {
  auto plan = literal_plan();
  plan.requested_protocols = 0x03;
  const auto outcome = run(plan, until_confirm() + std::vector<Event>{confirm_failure(5)} +
                                     again_until_confirm() + std::vector<Event>{confirm_failure(1)} +
                                     again_until_confirm() + std::vector<Event>{confirm_failure(2)});
  EXPECT_TRUE(outcome.finished);
  EXPECT_EQ(outcome.result.connections, 3);
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::ssl_not_allowed_by_server);
  EXPECT_EQ(outcome.result.negotiation->attempts.size(), 2u);
}

TEST(Ladder, PolitenessThatCutsItShortLeavesNoVerdict) {
  const auto outcome = run(
      literal_plan(), until_confirm() + std::vector<Event>{confirm_failure(1), AdmissionDenied{"rate_cap"}});
  EXPECT_EQ(outcome.result.verdict, Verdict::abandoned);
  EXPECT_EQ(outcome.result.abandoned_why, "rate_cap");
}

TEST(Ladder, EndsWhereTheProbesOwnTimeEnds) {
  const auto outcome =
      run(literal_plan(),
          until_confirm() + std::vector<Event>{confirm_failure(1), AdmissionDenied{kDeniedByDeadline}});
  EXPECT_EQ(outcome.result.verdict, Verdict::failure);
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::ssl_required_by_server);
  EXPECT_THAT(phases(outcome.result), ElementsAre("connect", "negotiate"));
}

TEST(TlsBreak, TimesCountFromTheMessageThatWasSentLast) {
  DeadlineReached silence;
  silence.last_sent = "Finished";
  silence.last_sent_at = TimePoint(4s);
  const auto outcome = run(literal_plan(), until_tls() + std::vector<Event>{silence}, 1s);
  EXPECT_EQ(outcome.result.failure->detail, "no answer within 2.0 s of Finished, 0 bytes received");
}

// ---- The TLS profiles ----------------------------------------------------------------------------------

TEST(TlsFallback, OldHostIsAFindingAndNoFailure) {
  const auto outcome =
      run(literal_plan(), until_tls() +
                              std::vector<Event>{TlsFailed{FailureReason::tls_alert, 70, "alert", {}, {}}} +
                              again_until_confirm() +
                              std::vector<Event>{confirm_selected(2), established(TlsVersion::tls10, true)});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_THAT(outcome.result.findings, ElementsAre("legacy_tls"));
  EXPECT_EQ(outcome.result.negotiation->attempts[0].profile, TlsProfile::modern);
  EXPECT_EQ(outcome.result.negotiation->attempts[0].reason, FailureReason::tls_alert);
}

TEST(TlsFallback, SecondTryThatWorksWithoutNeedIsAFindingOfItsOwn) {
  const auto outcome =
      run(literal_plan(), until_tls() + std::vector<Event>{io_failed(FailureReason::connection_reset)} +
                              again_until_confirm() +
                              std::vector<Event>{confirm_selected(2), established(TlsVersion::tls12)});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_THAT(outcome.result.findings, ElementsAre("tls_retried"));
}

TEST(TlsFallback, BothFailAndTheFirstIsReported) {
  IoFailed reset = io_failed(FailureReason::connection_reset);
  reset.last_sent = "ClientHello";
  reset.last_sent_at = TimePoint(5ms);
  const auto outcome =
      run(literal_plan(),
          until_tls() + std::vector<Event>{reset} + again_until_confirm() +
              std::vector<Event>{confirm_selected(2), io_failed(FailureReason::connection_closed)});
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.failure->phase, Phase::tls);
  EXPECT_EQ(result.failure->reason, FailureReason::connection_reset);
  EXPECT_EQ(result.failure->detail, "reset 1.0 ms after ClientHello, 0 bytes received");
  EXPECT_EQ(result.failure->number, 104);
  EXPECT_EQ(result.connections, 2);
  ASSERT_EQ(result.negotiation->attempts.size(), 1u);
  EXPECT_EQ(result.negotiation->attempts[0].profile, TlsProfile::legacy);
  EXPECT_EQ(result.negotiation->attempts[0].reason, FailureReason::connection_closed);
  EXPECT_EQ(result.negotiation->selected, 2u);
  EXPECT_THAT(phases(result), ElementsAre("connect", "negotiate", "tls"));
}

TEST(TlsFallback, OurOwnFaultInTheSecondTryBlamesNobody) {
  const auto outcome = run(
      literal_plan(), until_tls() + std::vector<Event>{io_failed(FailureReason::connection_reset), Admitted{},
                                                       io_failed(FailureReason::local_resources)});
  EXPECT_EQ(outcome.result.verdict, Verdict::local_fault);
  EXPECT_EQ(outcome.result.failure->detail, "EMFILE: Too many open files");
  ASSERT_EQ(outcome.result.negotiation->attempts.size(), 1u);
  EXPECT_EQ(outcome.result.negotiation->attempts[0].reason, FailureReason::connection_reset);
}

TEST(TlsFallback, NeverAfterATimeout) {
  const auto outcome = run(literal_plan(), until_tls() + std::vector<Event>{DeadlineReached{}});
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::timeout);
  EXPECT_EQ(outcome.result.connections, 1);
}

TEST(TlsFallback, RememberedLegacyProfileFallsForwardToModern) {
  auto plan = literal_plan();
  plan.first_profile = TlsProfile::legacy;
  const auto outcome =
      run(plan, until_tls() + std::vector<Event>{TlsFailed{FailureReason::tls_alert, 70, "alert", {}, {}}} +
                    again_until_confirm() + std::vector<Event>{confirm_selected(2)});
  EXPECT_EQ(std::get<StartTls>(outcome.actions.back().what).profile, TlsProfile::modern);
}

TEST(TlsFallback, CertificateSeenBeforeTheBreakIsKept) {
  IoFailed reset = io_failed(FailureReason::connection_reset);
  reset.certificate = certificate();
  const auto outcome =
      run(literal_plan(), until_tls() + std::vector<Event>{reset, Admitted{}, DeadlineReached{}});
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::connection_reset);
  EXPECT_EQ(outcome.result.certificate->subject, "CN=ts09");
}

// ---- Our own side --------------------------------------------------------------------------------------

TEST(OwnFaults, AreNotTheTargets) {
  const auto outcome =
      run(literal_plan(), until_connect() + std::vector<Event>{io_failed(FailureReason::local_resources)});
  EXPECT_EQ(outcome.result.verdict, Verdict::local_fault);
  EXPECT_EQ(outcome.result.failure->detail, "EMFILE: Too many open files");
}

TEST(OwnFaults, FirstSlotRefusedAbandons) {
  const auto outcome = run(literal_plan(), {Start{}, AdmissionDenied{"rate_cap"}});
  EXPECT_EQ(outcome.result.verdict, Verdict::abandoned);
  EXPECT_EQ(outcome.result.abandoned_why, "rate_cap");
  EXPECT_EQ(outcome.result.connections, 0);
}

TEST(OwnFaults, AbandonedAtEveryStep) {
  const auto healthy = until_tls() + std::vector<Event>{established()};
  for (std::size_t steps = 1; steps < healthy.size(); ++steps) {
    const std::vector<Event> beginning(healthy.begin(), healthy.begin() + static_cast<std::ptrdiff_t>(steps));
    const auto outcome = run(literal_plan(), beginning + std::vector<Event>{Abandoned{"shutdown"}});
    EXPECT_TRUE(outcome.finished);
    EXPECT_EQ(outcome.result.verdict, Verdict::abandoned) << "after " << steps << " steps";
    EXPECT_FALSE(outcome.result.failure);
  }
}

TEST(OwnFaults, AnEventOutOfOrderIsAnInternalErrorAtEveryStep) {
  const auto healthy = until_tls() + std::vector<Event>{established()};
  for (std::size_t steps = 1; steps < healthy.size(); ++steps) {
    const std::vector<Event> beginning(healthy.begin(), healthy.begin() + static_cast<std::ptrdiff_t>(steps));
    const auto outcome = run(literal_plan(), beginning + std::vector<Event>{Start{}});
    EXPECT_TRUE(outcome.finished);
    EXPECT_EQ(outcome.result.failure->reason, FailureReason::internal_error) << "after " << steps << " steps";
    EXPECT_EQ(outcome.result.verdict, Verdict::local_fault);
  }
}

TEST(OwnFaults, AfterFinishEverythingIsFinish) {
  HandshakeMachine machine(literal_plan());
  machine.resume(Start{}, TimePoint{});
  machine.resume(AdmissionDenied{"overloaded"}, TimePoint{});
  EXPECT_TRUE(std::holds_alternative<Finish>(machine.resume(Connected{}, TimePoint{}).what));
  EXPECT_EQ(machine.result().verdict, Verdict::abandoned);
}

TEST(Deadlines, AreTheEarlierOfPhaseAndProbe) {
  auto plan = literal_plan();
  plan.timeout = 6s;
  const auto outcome = run(plan, until_confirm() + std::vector<Event>{confirm_selected(2)}, 1s);
  EXPECT_EQ(outcome.actions[1].deadline, TimePoint(2s + 4s));  // connect: its own 4 s
  EXPECT_EQ(outcome.actions[2].deadline, TimePoint(7s));       // negotiate: what is left of the probe's 6 s
  EXPECT_EQ(outcome.actions[4].deadline, TimePoint(7s));
}

}  // namespace
}  // namespace rdpwatch::handshake
