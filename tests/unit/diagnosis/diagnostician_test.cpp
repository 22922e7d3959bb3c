#include "probes/diagnosis/diagnostician.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/diagnosis/evidence_builder.hpp"

namespace rdpwatch::diagnosis {
namespace {

using namespace std::chrono_literals;
using handshake::FailureReason;
using handshake::Phase;
using testing::IsEmpty;
using Kind = ExperimentKind;

WallTime at(int seconds) {
  return WallTime(std::chrono::seconds(seconds));
}

TEST(diagnostician, judges_by_the_attempts_before_any_experiment) {
  auto result = cut_at_client_hello();
  result.started = at(100);
  const Diagnosis diagnosis = Diagnostician(EvidenceBuilder(result), {}).diagnosis();
  ASSERT_TRUE(diagnosis.failure);
  EXPECT_EQ(diagnosis.failure->reason, FailureReason::connection_reset);
  ASSERT_FALSE(diagnosis.causes.empty());
  EXPECT_EQ(diagnosis.causes.front().id, "private_key_unreadable");
  EXPECT_THAT(diagnosis.experiments, IsEmpty());
  EXPECT_EQ(diagnosis.judged, at(100) + 41ms) << "when the attempt ended";
}

TEST(diagnostician, of_a_host_that_answers_there_is_no_failure) {
  const Diagnosis diagnosis = Diagnostician(EvidenceBuilder(passing()), {}).diagnosis();
  EXPECT_FALSE(diagnosis.failure);
  EXPECT_THAT(diagnosis.causes, IsEmpty());
}

TEST(diagnostician, records_each_experiment_as_a_reader_wants_it) {
  Diagnostician diagnostician(EvidenceBuilder(cut_at_client_hello()), {});
  diagnostician.note(Kind::repeat, cut_at_client_hello());
  auto sibling = passing();
  sibling.target = "ts08.corp.example:3389";
  sibling.address = "10.0.0.8:3389";
  sibling.started = at(200);
  diagnostician.note(Kind::sibling, sibling);
  const Diagnosis diagnosis = diagnostician.diagnosis();
  ASSERT_EQ(diagnosis.experiments.size(), 2U);
  EXPECT_EQ(diagnosis.experiments[0].kind, Kind::repeat);
  EXPECT_EQ(diagnosis.experiments[0].target, "ts09.corp.example:3389");
  EXPECT_FALSE(diagnosis.experiments[0].passed);
  EXPECT_EQ(diagnosis.experiments[0].outcome, "connection_reset in tls: as scripted");
  EXPECT_EQ(diagnosis.experiments[1].target, "ts08.corp.example:3389");
  EXPECT_EQ(diagnosis.experiments[1].address, "10.0.0.8:3389");
  EXPECT_TRUE(diagnosis.experiments[1].passed);
  EXPECT_EQ(diagnosis.experiments[1].outcome, "passed in 41 ms");
  EXPECT_EQ(diagnosis.judged, at(200) + 41ms) << "when the last experiment ended";
}

TEST(diagnostician, an_experiment_passes_when_it_gets_beyond_the_phase_that_failed) {
  Diagnostician diagnostician(EvidenceBuilder(failing(Phase::connect, FailureReason::timeout)), {});
  diagnostician.note(Kind::repeat, cut_at_client_hello());
  EXPECT_TRUE(diagnostician.diagnosis().experiments.front().passed);
}

TEST(diagnostician, what_was_not_made_says_why) {
  Diagnostician diagnostician(EvidenceBuilder(cut_at_client_hello()), {});
  auto refused = passing();
  refused.verdict = handshake::Verdict::abandoned;
  refused.abandoned_why = "rate_cap";
  diagnostician.note(Kind::repeat, refused);
  EXPECT_FALSE(diagnostician.diagnosis().experiments.front().passed);
  EXPECT_EQ(diagnostician.diagnosis().experiments.front().outcome, "not made: rate_cap");
}

TEST(diagnostician, asks_for_no_more_than_its_limit) {
  Diagnostician diagnostician(EvidenceBuilder(cut_at_client_hello()), {.max_experiments = 1});
  ASSERT_TRUE(diagnostician.next());
  EXPECT_EQ(diagnostician.next()->kind, Kind::repeat) << "asking changes nothing";
  diagnostician.note(Kind::repeat, cut_at_client_hello());
  EXPECT_FALSE(diagnostician.next());
  EXPECT_EQ(diagnostician.evidence().experiments.size(), 1U);
}

}  // namespace
}  // namespace rdpwatch::diagnosis
