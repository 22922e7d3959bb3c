#include "daemon/fleet/phase_history.hpp"

#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::fleet {
namespace {

using handshake::Phase;
using std::chrono::microseconds;
using test::kConnect;
using test::kTls;

handshake::ProbeResult took(microseconds tls) {
  auto result = test::success();
  result.phases = {{Phase::tls, tls}};
  return result;
}

TEST(PhaseHistory, NothingIsKnownBeforeTheFirstRun) {
  const PhaseHistory history;
  EXPECT_FALSE(history.newest(kTls));
  EXPECT_FALSE(history.shortest(kTls));
}

TEST(PhaseHistory, TheShortestIsOfThreeRuns) {
  PhaseHistory history;
  history.note(took(microseconds(20000)));
  history.note(took(microseconds(30000)));
  EXPECT_EQ(history.newest(kTls), microseconds(30000));
  EXPECT_FALSE(history.shortest(kTls)) << "two runs are not enough";
  history.note(took(microseconds(40040)));
  EXPECT_EQ(history.newest(kTls), microseconds(40000)) << "in steps of 100 microseconds";
  EXPECT_EQ(history.shortest(kTls), microseconds(20000));
  history.note(took(microseconds(50000)));
  EXPECT_EQ(history.shortest(kTls), microseconds(30000));
  EXPECT_FALSE(history.newest(kConnect));
}

TEST(PhaseHistory, ARunWithoutThePhaseEndsTheRow) {
  PhaseHistory history;
  for (int i = 0; i < 3; ++i) history.note(took(microseconds(20000)));
  auto other = test::success();
  other.phases = {{Phase::connect, microseconds(0)}};
  history.note(other);
  EXPECT_FALSE(history.newest(kTls));
  EXPECT_FALSE(history.shortest(kTls));
  EXPECT_EQ(history.newest(kConnect), microseconds(0)) << "a phase of no time has run";
}

TEST(PhaseHistory, ADurationBeyondAllBoundsIsCutOff) {
  PhaseHistory history;
  history.note(took(std::chrono::seconds(3600)));
  EXPECT_EQ(history.newest(kTls), microseconds(6553400));
  EXPECT_EQ(sizeof(PhaseHistory), 42u);
}

}  // namespace
}  // namespace rdpwatch::fleet
