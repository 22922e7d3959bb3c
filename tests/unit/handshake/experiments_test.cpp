// What only experiments vary in a plan: no server name, TLS without X.224, garbage instead of a ClientHello;
// and the moment that each failure keeps.

#include <gmock/gmock.h>

#include <set>

#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/garbage_phase.hpp"
#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using Events = std::vector<Event>;

/// "ClientHello +1.0 ms 20".
std::string moment(const std::optional<IoMoment>& moment) {
  if (!moment) return "none";
  return moment->last_sent + " +" + to_text(moment->since_last_send) + " " +
         std::to_string(moment->bytes_received);
}
std::string moment(const ProbeResult& result) {
  return result.failure ? moment(result.failure->moment) : "no failure";
}

// ---- The server name -----------------------------------------------------------------------------------

TEST(ServerName, IsLeftOutWhenThePlanSaysSo) {
  auto named = name_plan();
  named.send_sni = false;
  const auto outcome =
      run(named, {Start{}, Resolved{{"10.0.0.9"}}, Admitted{}, Connected{}, Sent{}, confirm_selected(2)});
  EXPECT_EQ(std::get<StartTls>(outcome.actions.back().what).sni, "");

  auto farm = literal_plan();
  farm.server_name = "farm.example.com";
  farm.send_sni = false;
  EXPECT_EQ(std::get<StartTls>(run(farm, until_tls()).actions.back().what).sni, "");
}

TEST(ServerName, IsLeftOutOfTheSecondHandshakeToo) {
  auto plan = name_plan();
  plan.send_sni = false;
  const auto outcome = run(plan, Events{Start{}, Resolved{{"10.0.0.9"}}, Admitted{}, Connected{}, Sent{},
                                        confirm_selected(2), io_failed(FailureReason::connection_reset)} +
                                     again_until_confirm() + Events{confirm_selected(2)});
  const auto& tls = std::get<StartTls>(outcome.actions.back().what);
  EXPECT_EQ(tls.sni, "");
  EXPECT_EQ(tls.profile, TlsProfile::legacy);
}

// ---- TLS at once ---------------------------------------------------------------------------------------

ProbePlan direct_plan() {
  auto plan = literal_plan();
  plan.tls_at_once = true;
  return plan;
}
Events until_direct_tls() {
  return until_connect() + Events{Connected{}};
}

TEST(TlsAtOnce, FollowsTheConnection) {
  const auto outcome = run(direct_plan(), until_direct_tls() + Events{established()});
  EXPECT_TRUE(std::holds_alternative<StartTls>(outcome.actions[2].what));
  const ProbeResult& result = outcome.result;
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_THAT(phases(result), ElementsAre("connect", "tls"));
  EXPECT_FALSE(result.negotiation);
  EXPECT_EQ(result.certificate->subject, "CN=ts09");
  EXPECT_THAT(result.findings, IsEmpty());
}

TEST(TlsAtOnce, GoesToDepthTlsAtMost) {
  for (const Depth depth : {Depth::tls, Depth::nla, Depth::mcs, Depth::licensing}) {
    auto plan = direct_plan();
    plan.depth = depth;
    plan.require_nla = true;  // nothing was chosen that could be judged
    const auto outcome = run(plan, until_direct_tls() + Events{established()});
    EXPECT_EQ(outcome.result.verdict, Verdict::success) << name(depth);
    EXPECT_THAT(phases(outcome.result), ElementsAre("connect", "tls")) << name(depth);
  }
  for (const Depth depth : {Depth::tcp, Depth::negotiate}) {
    auto plan = direct_plan();
    plan.depth = depth;
    EXPECT_THAT(phases(run(plan, until_direct_tls()).result), ElementsAre("connect")) << name(depth);
  }
}

TEST(TlsAtOnce, CertificateAndVersionAreJudgedAllTheSame) {
  auto plan = direct_plan();
  plan.fail_on = {CertificateProblem::expired};
  auto expired = established();
  expired.certificate = certificate({CertificateProblem::expired, CertificateProblem::name_mismatch});
  const auto outcome = run(plan, until_direct_tls() + Events{expired});
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::certificate_expired);
  EXPECT_THAT(outcome.result.findings, ElementsAre("name_mismatch"));

  plan.min_tls_version = TlsVersion::tls12;
  EXPECT_EQ(failure_of(plan, until_direct_tls() + Events{established(TlsVersion::tls10, true)}),
            "tls protocol_not_allowed");
}

TEST(TlsAtOnce, EveryEndIsAFailureInTlsWithItsMoment) {
  for (const FailureReason reason : {FailureReason::connection_reset, FailureReason::connection_closed}) {
    IoFailed failed = io_failed(reason);
    failed.bytes_received = 20;
    const auto outcome = run(direct_plan(), until_direct_tls() + Events{failed}, 2ms);
    ASSERT_TRUE(outcome.finished) << "no fallback: there is no negotiation to keep the attempt in";
    EXPECT_EQ(outcome.result.failure->phase, Phase::tls);
    EXPECT_EQ(outcome.result.failure->reason, reason);
    EXPECT_EQ(moment(outcome.result), "ClientHello +2.0 ms 20");
    EXPECT_FALSE(outcome.result.negotiation);
    EXPECT_EQ(outcome.result.connections, 1);
  }
  auto outcome = run(direct_plan(), until_direct_tls() + Events{DeadlineReached{}}, 2ms);
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::timeout);
  EXPECT_EQ(moment(outcome.result), "ClientHello +2.0 ms 0");

  TlsFailed http{FailureReason::tls_not_spoken, {}, "the answer begins with 48", {}, {}, {}, 150};
  outcome = run(direct_plan(), until_direct_tls() + Events{http}, 2ms);
  EXPECT_EQ(outcome.result.failure->detail, "the answer begins with 48, 2.0 ms after ClientHello");
  EXPECT_EQ(moment(outcome.result), "ClientHello +2.0 ms 150");
  EXPECT_TRUE(outcome.finished);
}

TEST(TlsAtOnce, OurOwnFaultsAndTheEndsOfTheConnectionBeforeIt) {
  EXPECT_EQ(failure_of(direct_plan(), until_connect() + Events{io_failed(FailureReason::connection_refused)}),
            "connect connection_refused");
  EXPECT_EQ(failure_of(direct_plan(), until_direct_tls() + Events{io_failed(FailureReason::local_resources)}),
            "tls local_resources");
  EXPECT_EQ(failure_of(direct_plan(), until_direct_tls() + Events{Sent{}}), "tls internal_error");
  EXPECT_EQ(run(direct_plan(), until_direct_tls() + Events{Abandoned{"shutdown"}}).result.abandoned_why,
            "shutdown");
}

// ---- Garbage -------------------------------------------------------------------------------------------

ProbePlan garbage_plan() {
  auto plan = literal_plan();
  plan.garbage_for_client_hello = true;
  return plan;
}
/// Up to the moment in which an answer to the garbage is awaited.
Events until_answer() {
  return until_tls() + Events{Sent{}};
}

TEST(Garbage, IsLikeAClientHelloInItsLengthAlone) {
  const Bytes bytes = garbage();
  ASSERT_EQ(bytes.size(), 517u);
  EXPECT_EQ(bytes[0], 0x5A);
  EXPECT_NE(bytes[3], 0x01);
  EXPECT_EQ(bytes, garbage());
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 40), "Z: rdpwatch sends this text instead of a");
}

TEST(Garbage, GoesOutBehindTheConfirm) {
  const auto outcome = run(garbage_plan(), until_answer());
  const auto& send = std::get<SendBytes>(outcome.actions[4].what);
  EXPECT_EQ(send.bytes, garbage());
  EXPECT_EQ(send.what, "garbage");
  EXPECT_EQ(outcome.actions[4].deadline, TimePoint(5ms + 5s));
  EXPECT_EQ(std::get<ReceiveBytes>(outcome.actions[5].what).max, 4096u);
}

TEST(Garbage, EveryEndIsAFailureInTlsWithItsMoment) {
  for (const FailureReason reason : {FailureReason::connection_reset, FailureReason::connection_closed}) {
    // Before it is sent, as well as after it.
    for (const Events& beginning : {until_tls(), until_answer()}) {
      const auto outcome = run(garbage_plan(), beginning + Events{io_failed(reason)}, 3ms);
      ASSERT_TRUE(outcome.finished) << "garbage has no other profile";
      EXPECT_EQ(outcome.result.failure->phase, Phase::tls);
      EXPECT_EQ(outcome.result.failure->reason, reason);
      EXPECT_EQ(moment(outcome.result), "garbage +3.0 ms 0");
      EXPECT_EQ(outcome.result.negotiation->selected, 2u);
      EXPECT_THAT(phases(outcome.result), ElementsAre("connect", "negotiate", "tls"));
    }
  }
  const auto outcome = run(garbage_plan(), until_answer() + Events{DeadlineReached{}}, 3ms);
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::timeout);
  EXPECT_EQ(outcome.result.failure->detail, "no answer within 3.0 ms of garbage, 0 bytes received");
  EXPECT_EQ(moment(outcome.result), "garbage +3.0 ms 0");
  EXPECT_EQ(failure_of(garbage_plan(), until_answer() + Events{io_failed(FailureReason::local_resources)}),
            "tls local_resources");
}

TEST(Garbage, AnswerThatIsNoAlertIsNoTls) {
  const auto outcome = run(garbage_plan(), until_answer() + Events{bytes("0300000902f0802180")}, 3ms);
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::tls_not_spoken);
  EXPECT_EQ(outcome.result.failure->detail,
            "the answer begins with 03 00 00 09 02 f0 80 21 80 \".......!.\", 3.0 ms after garbage");
  EXPECT_FALSE(outcome.result.failure->number);
  EXPECT_EQ(moment(outcome.result), "garbage +3.0 ms 9");
  // Neither a handshake record nor an alert of another length or version is an alert.
  for (const char* const record : {"1603030004", "15030300030246", "150403000202", "15030302000246"})
    EXPECT_EQ(failure_of(garbage_plan(), until_answer() + Events{bytes(record)}), "tls tls_not_spoken")
        << record;
}

TEST(Garbage, AlertKeepsItsNumber) {
  const auto alert =
      run(garbage_plan(), until_answer() + Events{bytes("15"), bytes("03030002"), bytes("0246")}, 3ms);
  ASSERT_TRUE(alert.finished);
  EXPECT_EQ(std::get<ReceiveBytes>(alert.actions[6].what).max, 6u);
  EXPECT_EQ(std::get<ReceiveBytes>(alert.actions[7].what).max, 2u);
  EXPECT_EQ(alert.result.failure->reason, FailureReason::tls_alert);
  EXPECT_EQ(alert.result.failure->number, 70);
  EXPECT_EQ(alert.result.failure->detail,
            "received alert 70, 15 03 03 00 02 02 46 \"......F\", 9.0 ms after garbage");
  EXPECT_EQ(moment(alert.result), "garbage +9.0 ms 7");
  EXPECT_EQ(alert.result.connections, 1);
  // Half an alert is none.
  EXPECT_EQ(failure_of(garbage_plan(), until_answer() + Events{bytes("1503030002"),
                                                               io_failed(FailureReason::connection_closed)}),
            "tls connection_closed");
}

TEST(Garbage, NeedsAConfirmThatChoosesTls) {
  EXPECT_EQ(failure_of(garbage_plan(), until_confirm() + Events{confirm_failure(3)}),
            "negotiate ssl_cert_not_on_server");
  EXPECT_EQ(failure_of(garbage_plan(), until_confirm() + Events{confirm_selected(0)}),
            "negotiate protocol_not_allowed");
  // The ladder leads to one.
  const auto outcome = run(garbage_plan(), until_confirm() + Events{confirm_failure(1)} +
                                               again_until_confirm() + Events{confirm_selected(1)});
  EXPECT_TRUE(std::holds_alternative<SendBytes>(outcome.actions.back().what));
}

TEST(Garbage, CanBeTheFirstThingSent) {
  auto plan = garbage_plan();
  plan.tls_at_once = true;
  const auto outcome =
      run(plan, until_connect() + Events{Connected{}, Sent{}, io_failed(FailureReason::connection_reset)});
  EXPECT_EQ(std::get<SendBytes>(outcome.actions[2].what).bytes, garbage());
  EXPECT_EQ(moment(outcome.result), "garbage +1.0 ms 0");
  EXPECT_FALSE(outcome.result.negotiation);
}

// ---- The moment of a failure ---------------------------------------------------------------------------

TEST(Moment, OfEachPhase) {
  IoFailed reset = io_failed(FailureReason::connection_reset);
  EXPECT_EQ(moment(run(literal_plan(), until_connect() + Events{reset}).result), "SYN +1.0 ms 0");
  reset.bytes_received = 8;
  EXPECT_EQ(moment(run(literal_plan(), until_confirm() + Events{reset}).result),
            "Connection Request +1.0 ms 8");
  EXPECT_EQ(moment(run(name_plan(), {Start{}, DeadlineReached{}}).result), "none");
  EXPECT_EQ(moment(run(literal_plan(), until_confirm() + Events{bytes("03000003")}).result), "none");
}

TEST(Moment, OfAnAlertCountsFromTheMessageBeforeIt) {
  auto plan = literal_plan();
  plan.fall_back_to_legacy_tls = false;
  const TlsFailed alert{FailureReason::tls_alert, 40, "received alert 40", {}, "Finished",
                        TimePoint(3ms),           907};
  const auto outcome = run(plan, until_tls() + Events{alert});
  EXPECT_EQ(moment(outcome.result), "Finished +3.0 ms 907");
  EXPECT_EQ(outcome.result.failure->detail, "received alert 40, 3.0 ms after Finished");
}

TEST(Moment, OfTheAttemptBeforeStaysWithIt) {
  IoFailed reset = io_failed(FailureReason::connection_reset);
  reset.bytes_received = 5;
  const auto recovered = run(literal_plan(), until_tls() + Events{reset} + again_until_confirm() +
                                                 Events{confirm_selected(2), established()});
  EXPECT_EQ(recovered.result.verdict, Verdict::success);
  EXPECT_EQ(moment(recovered.result.negotiation->attempts[0].moment), "ClientHello +1.0 ms 5");

  IoFailed closed = io_failed(FailureReason::connection_closed);
  closed.bytes_received = 7;
  const auto lost = run(literal_plan(), until_tls() + Events{reset} + again_until_confirm() +
                                            Events{confirm_selected(2), closed});
  EXPECT_EQ(moment(lost.result), "ClientHello +1.0 ms 5");
  EXPECT_EQ(moment(lost.result.negotiation->attempts[0].moment), "ClientHello +1.0 ms 7");
}

TEST(Moment, OfTheAddressThatDecides) {
  const auto outcome =
      run(name_plan(), {Start{}, Resolved{{"10.0.0.9", "10.0.0.10"}}, Admitted{},
                        io_failed(FailureReason::connection_refused), Admitted{}, DeadlineReached{}});
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::connection_refused);
  EXPECT_EQ(moment(outcome.result), "SYN +1.0 ms 0");
}

}  // namespace
}  // namespace rdpwatch::handshake
