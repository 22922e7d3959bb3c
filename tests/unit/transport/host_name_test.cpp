#include "probes/transport/host_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::transport {
namespace {

using testing::ElementsAre;

TEST(HostName, WhatDnsCanBeAskedFor) {
  const std::string label(63, 'a');
  for (const std::string& name :
       {std::string("ts09"), std::string("ts09.corp."), std::string("_rds._tcp.corp"),
        label + "." + label + "." + label + "." + std::string(61, 'b') + "."})
    EXPECT_EQ(host_name_fault(name), std::nullopt) << name;
}

TEST(HostName, WhatItCannot) {
  const std::string label(63, 'a');
  const std::string long_name = label + "." + label + "." + label + "." + std::string(62, 'b');
  EXPECT_EQ(host_name_fault(""), "not a host name: it is empty");
  EXPECT_EQ(host_name_fault("."), "not a host name: it is empty");
  EXPECT_EQ(host_name_fault(long_name), "not a host name: it has 254 characters, 253 are allowed");
  EXPECT_EQ(host_name_fault(std::string(64, 'a')),
            "not a host name: it has a label of 64 characters, 63 are allowed");
  EXPECT_EQ(host_name_fault("a..b"), "not a host name: a..b has an empty label (two dots in a row)");
  EXPECT_EQ(host_name_fault(".a"), "not a host name: .a has an empty label (two dots in a row)");
  EXPECT_EQ(host_name_fault("a.."), "not a host name: a.. has an empty label (two dots in a row)");
  for (const std::string& name : {std::string("a b"), std::string("a\tb"), std::string("a\\046b"),
                                  std::string("a\0b", 3), std::string("a\x7f")})
    EXPECT_EQ(host_name_fault(name),
              "not a host name: it contains a blank, a control character or a backslash");
}

TEST(HostName, LowerCaseIsAboutAsciiOnly) {
  EXPECT_EQ(lower_case("TS09-\xC3\x84.Corp"), "ts09-\xC3\x84.corp");
}

TEST(NamesToAsk, SingleLabelOnlyWithTheSearchDomains) {
  EXPECT_THAT(names_to_ask("ts09", {"emea.corp", "corp"}, 1), ElementsAre("ts09.emea.corp", "ts09.corp"));
  EXPECT_THAT(names_to_ask("ts09", {}, 1), ElementsAre("ts09"));
}

TEST(NamesToAsk, EnoughDotsMakeAFullName) {
  EXPECT_THAT(names_to_ask("ts09.emea", {"corp"}, 1), ElementsAre("ts09.emea"));
  EXPECT_THAT(names_to_ask("ts09.emea", {"corp"}, 2), ElementsAre("ts09.emea.corp", "ts09.emea"));
  EXPECT_THAT(names_to_ask("ts09", {"corp"}, 0), ElementsAre("ts09"));
}

TEST(NamesToAsk, TrailingDotMakesAFullName) {
  EXPECT_THAT(names_to_ask("ts09.", {"corp"}, 1), ElementsAre("ts09"));
}

TEST(NamesToAsk, TooLongCombinationsAreLeftOut) {
  const std::string domain = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c');
  EXPECT_THAT(names_to_ask(std::string(62, 'd'), {domain, "corp"}, 1),
              ElementsAre(std::string(62, 'd') + ".corp"));
}

}  // namespace
}  // namespace rdpwatch::transport
