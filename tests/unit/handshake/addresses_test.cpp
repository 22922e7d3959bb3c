// Names with several addresses: in which order and for how long each is tried, and what is said when none
// answers.

#include <gmock/gmock.h>

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using testing::ElementsAre;

TEST(Addresses, AreTriedInOrder) {
  const auto outcome =
      run(name_plan(), {Start{}, Resolved{{"2001:db8::9", "10.0.0.9"}}, Admitted{}, DeadlineReached{},
                        Admitted{}, Connected{}, Sent{}, confirm_selected(2), established()});
  EXPECT_EQ(outcome.result.verdict, Verdict::success);
  EXPECT_EQ(outcome.result.address, "10.0.0.9:3389");
  EXPECT_EQ(outcome.result.connections, 2);
}

TEST(Addresses, ShareTheConnectPhasesTime) {
  const auto outcome = run(name_plan(), {Start{}, Resolved{{"10.0.0.8", "10.0.0.9"}}, Admitted{}});
  EXPECT_EQ(outcome.actions.back().deadline, TimePoint(3ms + 2s));
}

IoFailed no_route() {
  IoFailed failed = io_failed(FailureReason::local_resources);
  failed.error = 101;
  failed.detail = "ENETUNREACH: Network is unreachable";
  return failed;
}

TEST(Addresses, NoneAnswersAndAllAreNamed) {
  const auto outcome =
      run(name_plan(), {Start{}, Resolved{{"2001:db8::9", "10.0.0.9"}}, Admitted{}, no_route(), Admitted{},
                        io_failed(FailureReason::connection_refused)});
  EXPECT_EQ(outcome.result.verdict, Verdict::failure);
  EXPECT_EQ(outcome.result.failure->reason, FailureReason::connection_refused);
  EXPECT_EQ(outcome.result.failure->detail,
            "10.0.0.9: refused 1.0 ms after SYN; 2001:db8::9: ENETUNREACH: Network is unreachable");
}

TEST(Addresses, ExhaustionOfOurOwnMachineBlamesNobody) {
  const auto outcome = run(name_plan(), {Start{}, Resolved{{"10.0.0.8", "10.0.0.9"}}, Admitted{},
                                         io_failed(FailureReason::connection_refused), Admitted{},
                                         io_failed(FailureReason::local_resources)});
  EXPECT_EQ(outcome.result.verdict, Verdict::local_fault);
  EXPECT_EQ(outcome.result.failure->detail,
            "10.0.0.9: EMFILE: Too many open files; 10.0.0.8: refused 1.0 ms after SYN");
}

TEST(Addresses, HaveAtLeastTheTimeOfALostSyn) {
  const std::vector<std::string> many{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"};
  HandshakeMachine machine(name_plan());
  TimePoint now{};
  machine.resume(Start{}, now);
  machine.resume(Resolved{many}, now);
  int tried = 0;
  Action action = machine.resume(Admitted{}, now);
  while (std::holds_alternative<ConnectTo>(action.what)) {
    ++tried;
    EXPECT_EQ(*action.deadline - now, std::min<Duration>(1200ms, 4s - now.time_since_epoch()));
    now = *action.deadline;
    action = machine.resume(DeadlineReached{}, now);
    if (std::holds_alternative<AdmitConnection>(action.what)) action = machine.resume(Admitted{}, now);
  }
  EXPECT_EQ(tried, 4);
  EXPECT_EQ(now, TimePoint(4s));
  EXPECT_EQ(machine.result().failure->reason, FailureReason::timeout);
  EXPECT_THAT(machine.result().failure->detail, testing::EndsWith("; no time left for 2 more"));
}

TEST(Addresses, HalfAnAnswerDoesNotMeanThatAnAddressIsGone) {
  auto plan = name_plan();
  plan.pinned_address = "2001:db8::9";
  const auto outcome = run(plan, {Start{}, Resolved{{"10.0.0.9"}, false}});
  EXPECT_EQ(std::get<AdmitConnection>(outcome.actions.back().what).address, "2001:db8::9");
  EXPECT_FALSE(outcome.result.addresses_complete);
}

TEST(Addresses, PinnedOneIsTheOnlyOne) {
  auto plan = name_plan();
  plan.pinned_address = "10.0.0.9";
  auto outcome = run(plan, {Start{}, Resolved{{"10.0.0.8", "10.0.0.9"}}});
  EXPECT_EQ(std::get<AdmitConnection>(outcome.actions.back().what).address, "10.0.0.9");
  outcome = run(plan, {Start{}, Resolved{{"10.0.0.8"}}});
  EXPECT_EQ(outcome.result.verdict, Verdict::abandoned);
  EXPECT_EQ(outcome.result.abandoned_why, "address_gone");
  EXPECT_THAT(outcome.result.addresses, ElementsAre("10.0.0.8"));
}

}  // namespace
}  // namespace rdpwatch::handshake
