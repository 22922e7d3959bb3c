// A connection that sends nothing.

#include "probes/handshake/silence_phase.hpp"

#include <gtest/gtest.h>

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

TEST(silence_phase, listens_and_sends_nothing) {
  const ActionBody first = SilencePhase().begin();
  EXPECT_TRUE(std::holds_alternative<ReceiveBytes>(first));
}

TEST(silence_phase, whoever_speaks_first_is_no_rdp_server) {
  const PhaseStep step = SilencePhase().received({'S', 'S', 'H'});
  const auto* failure = std::get_if<PhaseFailure>(&step);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->reason, FailureReason::not_rdp);
  EXPECT_EQ(failure->detail, "it speaks before it was asked: 53 53 48 \"SSH\"");
}

}  // namespace
}  // namespace rdpwatch::handshake
