#include "config/probe_allow.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::config {
namespace {

using Kind = ProbeAllow::Kind;

ProbeAllow parsed(const std::string& text) {
  ProbeAllow allow;
  std::string why;
  EXPECT_TRUE(parse_probe_allow(text, allow, why)) << why;
  return allow;
}

TEST(ProbeAllow, networks_and_addresses) {
  EXPECT_EQ(parsed("10.0.0.0/8"), (ProbeAllow{Kind::network, "10.0.0.0", 8, 3389, 3389}));
  EXPECT_EQ(parsed("10.0.0.9:1-65535"), (ProbeAllow{Kind::network, "10.0.0.9", 32, 1, 65535}));
  EXPECT_EQ(parsed("0.0.0.0/0:3390"), (ProbeAllow{Kind::network, "0.0.0.0", 0, 3390, 3390}));
  EXPECT_EQ(parsed("2001:db8::/32"), (ProbeAllow{Kind::network, "2001:db8::", 32, 3389, 3389}));
  EXPECT_EQ(parsed("[2001:DB8:0::/33]"), (ProbeAllow{Kind::network, "2001:db8::", 33, 3389, 3389}));
  EXPECT_EQ(parsed("[2001:db8::9]:3390-3400"), (ProbeAllow{Kind::network, "2001:db8::9", 128, 3390, 3400}));
}

TEST(ProbeAllow, names_and_suffixes) {
  EXPECT_EQ(parsed("TS01.Example.com"), (ProbeAllow{Kind::name, "ts01.example.com", 0, 3389, 3389}));
  EXPECT_EQ(parsed("ts01:3390"), (ProbeAllow{Kind::name, "ts01", 0, 3390, 3390}));
  EXPECT_EQ(parsed("*.Example.com:3389-3391"), (ProbeAllow{Kind::suffix, ".example.com", 0, 3389, 3391}));
}

}  // namespace
}  // namespace rdpwatch::config
