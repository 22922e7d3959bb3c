#include "daemon/http/input_text.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::http {
namespace {

TEST(InputText, WholeNumbersAreDigitsInRange) {
  EXPECT_EQ(whole_number("0", 0, 9), 0u);
  EXPECT_EQ(whole_number("9", 0, 9), 9u);
  for (const std::string text : {"10", "-1", "+1", " 1", "1 ", "1.0", "", "x", "4294967296"})
    EXPECT_EQ(whole_number(text, 0, 9), std::nullopt) << text;
}

TEST(InputText, WhatIsQuotedIsOneShortPrintableLine) {
  EXPECT_EQ(quote_input("a\r\n\xff"), "\"a\\x0d\\x0a\\xff\"");
  EXPECT_EQ(quote_input(std::string(81, 'x')), "\"" + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace rdpwatch::http
