// A probe told step by step: the sentences of whole scripts.

#include "probes/handshake/step_story.hpp"

#include <gmock/gmock.h>

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using testing::ElementsAre;

/// What is told of a machine that meets these events, a millisecond apart.
std::vector<std::string> told(ProbePlan plan, const std::vector<Event>& events) {
  std::vector<std::string> lines;
  TimePoint now{};
  const StepStory::Tell tell = [&lines](Duration at, std::string text) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at).count();
    lines.push_back(std::to_string(ms) + " " + text);
  };
  StepStory story(tell, now);
  HandshakeMachine machine(std::move(plan));
  for (const Event& event : events) {
    if (!std::holds_alternative<Start>(event)) now += 1ms;
    story.happened(event, now);
    const Action action = machine.resume(event, now);
    story.doing(action, now);
    if (std::holds_alternative<Finish>(action.what)) story.ended(machine.result(), now);
  }
  return lines;
}

TEST(StepStory, AHealthyHost) {
  EXPECT_THAT(
      told(name_plan(), {Start{}, Resolved{{"10.0.0.9", "10.0.0.10"}}, Admitted{}, Connected{}, Sent{},
                         confirm_selected(8), established()}),
      ElementsAre(
          "0 resolve ts09.corp.example.com", "1 resolved after 1.0 ms: 10.0.0.9, 10.0.0.10",
          "1 ask our limits for a connection to 10.0.0.9:3389", "2 allowed", "2 connect 10.0.0.9:3389",
          "3 connected after 1.0 ms", "3 send Connection Request, 46 bytes, asks for ssl, hybrid, hybrid_ex",
          "5 received 19 bytes after 2.0 ms: 03 00 00 13 0e d0 00 00 12 34 00 02 1f 08 00 08 00 00 00 "
          "\".........4.........\"",
          "5 start TLS: send ClientHello (modern profile, server name ts09.corp.example.com)",
          "6 TLSv1.3 with TLS_AES_256_GCM_SHA384 after 1.0 ms, certificate CN=ts09", "6 close the connection",
          "6 success in 6.0 ms"));
}

TEST(StepStory, AResetBehindTheClientHello) {
  ProbePlan plan = literal_plan();
  plan.fall_back_to_legacy_tls = false;
  IoFailed reset = io_failed(FailureReason::connection_reset);
  reset.last_sent = "ClientHello";
  reset.last_sent_at = TimePoint(4400us);
  const auto lines = told(plan, {Start{}, Admitted{1500ms}, Connected{}, Sent{}, confirm_selected(1), reset});
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines[0], "0 ask our limits for a connection to 10.0.0.9:3389");
  EXPECT_EQ(lines[1], "1 allowed after 1.5 s");
  EXPECT_EQ(lines[6], "4 start TLS: send ClientHello (modern profile, no server name)");
  EXPECT_EQ(lines[7], "5 reset 0.6 ms after ClientHello, 0 bytes received");
  EXPECT_EQ(lines[8], "5 close the connection");
  EXPECT_THAT(lines[9], testing::StartsWith("5 failure: connection_reset in tls: reset 0.6 ms after Client"));
}

TEST(StepStory, SilenceRefusalAndOurOwnLimits) {
  EXPECT_THAT(told(literal_plan(), {Start{}, Admitted{}, Connected{}, Sent{}, DeadlineReached{}}),
              testing::Contains("4 no answer within 2.0 ms of Connection Request, 0 bytes received"));
  EXPECT_THAT(told(literal_plan(), {Start{}, Admitted{}, io_failed(FailureReason::connection_refused)}),
              testing::Contains("2 refused 1.0 ms after SYN"));
  EXPECT_THAT(told(literal_plan(), {Start{}, Admitted{}, io_failed(FailureReason::local_resources)}),
              testing::Contains("2 our own machine: EMFILE: Too many open files"));
  EXPECT_THAT(
      told(literal_plan(), {Start{}, AdmissionDenied{"rate_cap"}}),
      testing::Contains("1 not allowed: the connections a minute that this host may have are used up"));
  EXPECT_THAT(told(name_plan(), {Start{}, ResolveFailed{FailureReason::name_not_found, "NXDOMAIN"}}),
              testing::Contains("1 name_not_found after 1.0 ms: NXDOMAIN"));
  EXPECT_THAT(told(literal_plan(), {Start{}, Abandoned{"stopped"}}), testing::Contains("1 cut off: stopped"));
}

}  // namespace
}  // namespace rdpwatch::handshake
