#include "daemon/fleet/subnet.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::fleet {
namespace {

TEST(Subnet, OfAnAddressWithAndWithoutItsPort) {
  EXPECT_EQ(subnet_of("10.1.2.3"), "10.1.2.0/24");
  EXPECT_EQ(subnet_of("10.1.2.3:3389"), "10.1.2.0/24");
  EXPECT_EQ(subnet_of("255.255.255.255:65535"), "255.255.255.0/24");
  EXPECT_EQ(subnet_of("2001:db8:0:1:2:3:4:5"), "2001:db8:0:1::/64");
  EXPECT_EQ(subnet_of("[2001:db8::1]:3389"), "2001:db8::/64");
  EXPECT_EQ(subnet_of("::1"), "::/64");
}

TEST(Subnet, WhatIsNoAddressHasNone) {
  for (const char* text : {"", ":", "[", "[]:3389", "ts01:3389", "10.1.2", "10.1.2.3:3389:1"}) {
    EXPECT_EQ(subnet_of(text), "") << text;
  }
}

}  // namespace
}  // namespace rdpwatch::fleet
