#include "probes/handshake/ladder.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rdpwatch::handshake {
namespace {

using Masks = std::vector<std::uint32_t>;

TEST(Ladder, AsksWhatTheFailureNames) {
  EXPECT_EQ(next_requested_protocols(FailureReason::ssl_required_by_server, Masks{0x0B}), 0x01u);
  EXPECT_EQ(next_requested_protocols(FailureReason::ssl_not_allowed_by_server, Masks{0x0B}), 0x00u);
  EXPECT_EQ(next_requested_protocols(FailureReason::hybrid_required_by_server, Masks{0x01}), 0x0Bu);
}

TEST(Ladder, AsksNoMaskTwice) {
  EXPECT_EQ(next_requested_protocols(FailureReason::hybrid_required_by_server, Masks{0x0B}), std::nullopt);
  EXPECT_EQ(next_requested_protocols(FailureReason::ssl_required_by_server, Masks{0x0B, 0x01}), std::nullopt);
}

TEST(Ladder, OtherReasonsEndIt) {
  EXPECT_EQ(next_requested_protocols(FailureReason::ssl_cert_not_on_server, Masks{0x0B}), std::nullopt);
  EXPECT_EQ(next_requested_protocols(FailureReason::inconsistent_flags, Masks{0x0B}), std::nullopt);
  EXPECT_EQ(next_requested_protocols(FailureReason::timeout, Masks{0x0B}), std::nullopt);
}

}  // namespace
}  // namespace rdpwatch::handshake
