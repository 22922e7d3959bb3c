#include "probes/wire/utf16.hpp"

#include <gtest/gtest.h>

#include "tests/support/hex.hpp"

namespace rdpwatch::wire {
namespace {

using test::from_hex;

std::string text(const char* hex) {
  return utf8_from_utf16le(from_hex(hex));
}

TEST(Utf16, EncodesEveryLengthOfUtf8) {
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("5200440050003000"), "RDP0");
  EXPECT_EQ(text("fc00"), "\u00fc");
  EXPECT_EQ(text("ac20"), "\u20ac");
  EXPECT_EQ(text("3dd800de"), "\U0001f600");
  EXPECT_EQ(text("ffdbffdf"), "\U0010ffff");
}

TEST(Utf16, ReplacesSurrogatesWithoutAPartner) {
  EXPECT_EQ(text("3dd8"), "\ufffd");
  EXPECT_EQ(text("3dd84100"),
            "\ufffd"
            "A");
  EXPECT_EQ(text("00de4100"),
            "\ufffd"
            "A");
  EXPECT_EQ(text("3dd83dd800de"), "\ufffd\U0001f600");
  EXPECT_EQ(text("00de3dd8"), "\ufffd\ufffd");
}

TEST(Utf16, ReplacesControlCharactersAndAnOddByte) {
  EXPECT_EQ(text("41000a001b00000042007f009b00"), "A\ufffd\ufffd\ufffdB\ufffd\ufffd");
  EXPECT_EQ(text("41"), "\ufffd");
  EXPECT_EQ(text("4100c3"), "A\ufffd");
}

TEST(Utf16, TakesOnlyAsciiFromAnUnknownCodePage) {
  EXPECT_EQ(utf8_from_oem(from_hex("575347")), "WSG");
  EXPECT_EQ(utf8_from_oem(from_hex("4df10a")), "M\ufffd\ufffd");
}

}  // namespace
}  // namespace rdpwatch::wire
