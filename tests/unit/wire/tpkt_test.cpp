#include "probes/wire/tpkt.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

TEST(Tpkt, FramesAWholePdu) {
  const auto result = frame_tpkt(from_hex("0300000b06d00000123400"), 259);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value(), 11u);
}

TEST(Tpkt, LeavesBytesBehindThePduAlone) {
  const auto result = frame_tpkt(from_hex("0300000b06d00000123400 0300000902f0802180"), 259);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value(), 11u);
}

TEST(Tpkt, SaysHowMuchIsMissing) {
  const auto bytes = from_hex("0300000b06d00000123400");
  EXPECT_EQ(*frame_tpkt({}, 259).need_more(), NeedMore{4});
  EXPECT_EQ(*frame_tpkt(std::span(bytes).first(3), 259).need_more(), NeedMore{1});
  EXPECT_EQ(*frame_tpkt(std::span(bytes).first(4), 259).need_more(), NeedMore{7});
  EXPECT_EQ(*frame_tpkt(std::span(bytes).first(10), 259).need_more(), NeedMore{1});
}

TEST(Tpkt, KnowsForeignBytesByTheFirstOne) {
  const auto result = frame_tpkt(from_hex("48"), 259);
  ASSERT_NE(result.malformed(), nullptr);
  EXPECT_EQ(*result.malformed(), (Malformed{DecodeError::foreign, "does not start with a TPKT header"}));
}

TEST(Tpkt, RefusesALengthBelowItsOwnHeader) {
  for (const char* bytes : {"03000000", "03000003", "03000006"}) {
    const auto result = frame_tpkt(from_hex(bytes), 259);
    ASSERT_NE(result.malformed(), nullptr) << bytes;
    EXPECT_EQ(result.malformed()->error, DecodeError::malformed);
  }
  EXPECT_EQ(frame_tpkt(from_hex("03000003"), 259).malformed()->what, "TPKT length 3, the least is 7");
}

TEST(Tpkt, RefusesMoreThanTheCallerAllowsBeforeItIsThere) {
  const auto result = frame_tpkt(from_hex("0300ffff"), 259);
  ASSERT_NE(result.malformed(), nullptr);
  EXPECT_EQ(*result.malformed(),
            (Malformed{DecodeError::oversized, "TPKT length 65535, at most 259 expected"}));
}

TEST(Tpkt, Encodes) {
  EXPECT_EQ(encode_tpkt(from_hex("02f0802180")), from_hex("0300000902f0802180"));
}

}  // namespace
}  // namespace rdpwatch::wire
