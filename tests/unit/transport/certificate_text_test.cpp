#include <gtest/gtest.h>

#include "probes/transport/safe_text.hpp"

namespace rdpwatch::transport {
namespace {

using namespace std::string_literals;

TEST(CertificateText, valid_utf8_passes) {
  for (const std::string& text : {""s, "ts09"s, "ü"s, "€"s, "\U0001F600"s, "\uFFFD"s, "\\"s, "\u00A0"s}) {
    EXPECT_EQ(safe_utf8(text, 100), text);
  }
}

TEST(CertificateText, invalid_bytes_are_replaced_one_by_one) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(safe_utf8("a\x80z", 100), "a" + r + "z");
  EXPECT_EQ(safe_utf8("\xC0\xAF", 100), r + r);                  // overlong
  EXPECT_EQ(safe_utf8("\xE0\x80\xAF", 100), r + r + r);          // overlong
  EXPECT_EQ(safe_utf8("\xED\xA0\x80", 100), r + r + r);          // surrogate
  EXPECT_EQ(safe_utf8("\xF4\x90\x80\x80", 100), r + r + r + r);  // above U+10FFFF
  EXPECT_EQ(safe_utf8("\xF0\x80\x80\x80", 100), r + r + r + r);  // overlong
  EXPECT_EQ(safe_utf8("\xE2\x82", 100), r + r);                  // cut short
  EXPECT_EQ(safe_utf8("\xE2\x82z", 100), r + r + "z");
  EXPECT_EQ(safe_utf8("\xFE", 100), r);
  EXPECT_EQ(safe_utf8("\xC2\x9B", 100), r);  // a C1 control, which terminals obey
}

TEST(CertificateText, control_characters_are_escaped) {
  EXPECT_EQ(safe_utf8("a\0\x1F\x7F\n"s, 100), "a\\00\\1F\\7F\\0A");
}

TEST(CertificateText, cut_between_characters) {
  EXPECT_EQ(safe_utf8("abc", 2), "ab");
  EXPECT_EQ(safe_utf8("aü", 2), "a");
  EXPECT_EQ(safe_utf8("a\n", 3), "a");
  EXPECT_EQ(safe_utf8("\xFF", 2), "");
}

TEST(CertificateText, hex_and_printable) {
  const std::uint8_t bytes[] = {0x00, 0x41, 0x7E, 0x7F, 0xFF};
  EXPECT_EQ(lower_hex(bytes), "00417e7fff");
  EXPECT_EQ(printable_ascii(bytes), ".A~..");
  EXPECT_EQ(lower_hex({}), "");
}

}  // namespace
}  // namespace rdpwatch::transport
