// The examples of RFC 6724 section 10.2 and what goes beyond them, with sources that a table gives.

#include "probes/transport/address_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace rdpwatch::transport {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::SizeIs;

/// Destination and the source towards it; "" for a destination without a way.
using Routes = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> order(const Routes& routes) {
  std::vector<address> destinations;
  std::map<address, std::string> sources;
  for (const auto& [destination, source] : routes) {
    destinations.push_back(make_address(destination));
    sources[destinations.back()] = source;
  }
  const SourceSelector select = [&](const address& destination) -> std::optional<address> {
    const std::string& source = sources[destination];
    if (source.empty()) return std::nullopt;
    return make_address(source);
  };
  std::vector<std::string> ordered;
  for (const address& one : in_destination_order(destinations, select)) ordered.push_back(one.to_string());
  return ordered;
}

TEST(AddressOrder, Rule1WithoutAWayGoesLast) {
  EXPECT_THAT(order({{"2001:db8::1", ""}, {"198.51.100.1", "192.0.2.7"}}),
              ElementsAre("198.51.100.1", "2001:db8::1"));
}

TEST(AddressOrder, Rule2MatchingScope) {
  EXPECT_THAT(order({{"2001:db8:1::1", "fe80::2"}, {"198.51.100.121", "198.51.100.117"}}),
              ElementsAre("198.51.100.121", "2001:db8:1::1"));
  EXPECT_THAT(order({{"198.51.100.121", "169.254.13.78"}, {"2001:db8:1::1", "2001:db8:1::2"}}),
              ElementsAre("2001:db8:1::1", "198.51.100.121"));
}

TEST(AddressOrder, Rule5MatchingLabel) {
  EXPECT_THAT(order({{"2001:db8:1::1", "2002:c633:6401::2"}, {"2002:c633:6401::1", "2002:c633:6401::2"}}),
              ElementsAre("2002:c633:6401::1", "2001:db8:1::1"));
}

TEST(AddressOrder, Rule6HigherPrecedence) {
  EXPECT_THAT(order({{"10.1.2.3", "10.1.2.4"}, {"2001:db8:1::1", "2001:db8:1::2"}}),
              ElementsAre("2001:db8:1::1", "10.1.2.3"));
  EXPECT_THAT(order({{"2002:c633:6401::1", "2002:c633:6401::2"}, {"2001:db8:1::1", "2001:db8:1::2"}}),
              ElementsAre("2001:db8:1::1", "2002:c633:6401::1"));
  // Unique local addresses rank below IPv4, loopback above everything.
  EXPECT_THAT(order({{"fd00::9", "fd00::1"}, {"10.0.0.9", "10.0.0.1"}}), ElementsAre("10.0.0.9", "fd00::9"));
  EXPECT_THAT(order({{"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}}), ElementsAre("::1", "127.0.0.1"));
  EXPECT_THAT(order({{"2001:0:1::9", "2001:0:1::1"}, {"10.0.0.9", "10.0.0.1"}}),
              ElementsAre("10.0.0.9", "2001:0:1::9"));
}

TEST(AddressOrder, Rule8SmallerScope) {
  EXPECT_THAT(order({{"2001:db8:1::1", "2001:db8:1::2"}, {"fe80::1", "fe80::2"}}),
              ElementsAre("fe80::1", "2001:db8:1::1"));
}

TEST(AddressOrder, Rule9LongestMatchingPrefix) {
  EXPECT_THAT(order({{"2001:db8:3ffe::1", "2001:db8:1::2"}, {"2001:db8:1::1", "2001:db8:1::2"}}),
              ElementsAre("2001:db8:1::1", "2001:db8:3ffe::1"));
}

TEST(AddressOrder, Rule9StopsAtTheInterfaceIdentifier) {
  EXPECT_THAT(order({{"2001:db8:1::ff00", "2001:db8:1::2"}, {"2001:db8:1::3", "2001:db8:1::2"}}),
              ElementsAre("2001:db8:1::ff00", "2001:db8:1::3"));
}

TEST(AddressOrder, Rule9IsNotForIpv4AndRule10KeepsTheOrder) {
  EXPECT_THAT(order({{"198.51.100.9", "10.0.0.1"}, {"10.0.0.9", "10.0.0.1"}, {"192.0.2.9", "10.0.0.1"}}),
              ElementsAre("198.51.100.9", "10.0.0.9", "192.0.2.9"));
}

TEST(AddressOrder, MappedAddressesBecomeIpv4AndDuplicatesGo) {
  EXPECT_THAT(order({{"10.0.0.9", "10.0.0.1"}, {"::ffff:10.0.0.9", ""}, {"10.0.0.9", "10.0.0.1"}}),
              ElementsAre("10.0.0.9"));
}

TEST(AddressOrder, AtMost32) {
  Routes routes;
  for (int i = 1; i <= 40; ++i) routes.emplace_back("10.0.0." + std::to_string(i), "10.0.0.254");
  const auto ordered = order(routes);
  ASSERT_THAT(ordered, SizeIs(32));
  EXPECT_EQ(ordered.back(), "10.0.0.32");
}

TEST(AddressOrder, WhichStayDependsOnTheSetAlone) {
  std::vector<address> many;
  for (int i = 1; i <= 40; ++i) many.push_back(make_address("10.0.0." + std::to_string(i)));
  const std::vector<address> lowest(many.begin(), many.begin() + 32);
  EXPECT_EQ(within_bound(many), lowest);
  std::ranges::rotate(many, many.begin() + 20);
  auto kept = within_bound(many);
  EXPECT_EQ(kept.front(), make_address("10.0.0.21")) << "in the given order";
  std::ranges::sort(kept);
  EXPECT_EQ(kept, lowest);
  many.push_back(make_address("fd00::9"));
  kept = within_bound(many);
  EXPECT_EQ(kept.back(), make_address("fd00::9"));
  EXPECT_THAT(kept, testing::Not(testing::Contains(make_address("10.0.0.32"))));
}

TEST(AddressOrder, KernelNamesItsSource) {
  const auto source = kernel_source_address(make_address("127.0.0.9"));
  ASSERT_TRUE(source);
  EXPECT_EQ(source->to_string(), "127.0.0.1");
  // Broadcast is refused without further ado, whatever the routes.
  EXPECT_EQ(kernel_source_address(make_address("255.255.255.255")), std::nullopt);
}

TEST(HostAddress, WhatIsNone) {
  for (const char* given :
       {"0.0.0.0", "::", "224.0.0.1", "239.1.2.3", "ff02::1", "255.255.255.255", "::ffff:0.0.0.0"})
    EXPECT_FALSE(is_host_address(make_address(given))) << given;
  for (const char* given : {"127.0.0.1", "::1", "10.0.0.9", "fe80::1", "2001:db8::1", "::ffff:10.0.0.9"})
    EXPECT_TRUE(is_host_address(make_address(given))) << given;
}

}  // namespace
}  // namespace rdpwatch::transport
