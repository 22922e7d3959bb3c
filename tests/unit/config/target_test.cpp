#include <gtest/gtest.h>

#include "config/settings.hpp"

namespace rdpwatch::config {
namespace {

struct Spelling {
  const char* text;
  const char* host;
  bool literal;
  int port;
  const char* name;
};

TEST(Target, spellings_of_one_endpoint_become_one) {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  const Spelling spellings[] = {
      {"ts01", "ts01", false, 3389, "ts01:3389"},
      {"TS01.Corp.Example.COM.", "ts01.corp.example.com", false, 3389, "ts01.corp.example.com:3389"},
      {"ts01:3390", "ts01", false, 3390, "ts01:3390"},
      {"ts_01:1", "ts_01", false, 1, "ts_01:1"},
      {"ts01:65535", "ts01", false, 65535, "ts01:65535"},
      {"ts01:03389", "ts01", false, 3389, "ts01:3389"},
      {"xn--ts-fka.example", "xn--ts-fka.example", false, 3389, "xn--ts-fka.example:3389"},
      {"1und1.de", "1und1.de", false, 3389, "1und1.de:3389"},
      {"192.0.2.1", "192.0.2.1", true, 3389, "192.0.2.1:3389"},
      {"192.0.2.1:3390", "192.0.2.1", true, 3390, "192.0.2.1:3390"},
      {"::1", "::1", true, 3389, "[::1]:3389"},
      {"[::1]", "::1", true, 3389, "[::1]:3389"},
      {"[::1]:3390", "::1", true, 3390, "[::1]:3390"},
      {"2001:0DB8:0:0::1", "2001:db8::1", true, 3389, "[2001:db8::1]:3389"},
      {longest.c_str(), longest.c_str(), false, 3389, nullptr},
  };
  for (const Spelling& spelling : spellings) {
    TargetSettings target;
    std::string why;
    ASSERT_TRUE(parse_target(spelling.text, target, why)) << why;
    EXPECT_EQ(target.host, spelling.host);
    EXPECT_EQ(target.host_is_literal, spelling.literal) << spelling.text;
    EXPECT_EQ(target.port, spelling.port) << spelling.text;
    if (spelling.name != nullptr) {
      EXPECT_EQ(target_name(target), spelling.name);
    }
  }
}

TEST(Target, its_name_is_a_spelling_of_itself) {
  for (const char* text : {"ts01:3390", "192.0.2.1", "[2001:db8::1]:3389"}) {
    TargetSettings first, second;
    std::string why;
    ASSERT_TRUE(parse_target(text, first, why)) << why;
    ASSERT_TRUE(parse_target(target_name(first), second, why)) << why;
    EXPECT_EQ(target_name(second), target_name(first));
  }
}

TEST(Target, a_fault_says_what_is_wrong_and_what_is_allowed) {
  TargetSettings target;
  std::string why;
  EXPECT_FALSE(parse_target("ts01:99999", target, why));
  EXPECT_EQ(why,
            "target 'ts01:99999': the port is not a number from 1 to 65535, allowed: host, host:port, an IP "
            "address or "
            "[IPv6]:port");
  EXPECT_FALSE(parse_target(std::string("ts01\0x", 6), target, why));
  EXPECT_EQ(why,
            "target 'ts01\\x00x': '\\x00' is not allowed in a host name, allowed: host, host:port, an IP "
            "address or "
            "[IPv6]:port");
  EXPECT_FALSE(parse_target(std::string("192.0.2.1\0x", 11), target, why));
  EXPECT_FALSE(parse_target(".", target, why));
  EXPECT_FALSE(parse_target("ts01 ", target, why));
  EXPECT_FALSE(parse_target("ts01:+1", target, why));
  EXPECT_FALSE(parse_target("ts01-.example.com", target, why));
  EXPECT_FALSE(parse_target("[]:3389", target, why));
  EXPECT_FALSE(parse_target("[192.0.2.1]:3389", target, why));
}

}  // namespace
}  // namespace rdpwatch::config
