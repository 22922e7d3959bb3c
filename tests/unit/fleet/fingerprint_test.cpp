#include "daemon/fleet/fingerprint.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::fleet {
namespace {

TEST(Fingerprint, OfItsDigitsAndBack) {
  const std::string digits = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  EXPECT_EQ(hex(fingerprint_of(digits)), digits);
  EXPECT_EQ(fingerprint_of(digits)[0], 0x9f);
}

TEST(Fingerprint, WhatIsMissingOrNoDigitIsZero) {
  EXPECT_EQ(hex(fingerprint_of("aa")), "aa" + std::string(62, '0'));
  EXPECT_EQ(hex(fingerprint_of("aazzcc")), "aa" + std::string(62, '0')) << "nothing after it counts";
  EXPECT_EQ(hex(fingerprint_of("")), std::string(64, '0'));
}

}  // namespace
}  // namespace rdpwatch::fleet
