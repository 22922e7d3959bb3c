#include "daemon/on_demand/probe_permission.hpp"

#include <gtest/gtest.h>

namespace rdpwatch::on_demand {
namespace {

config::TargetSettings target(const std::string& text) {
  config::TargetSettings out;
  std::string why;
  EXPECT_TRUE(config::parse_target(text, out, why)) << why;
  return out;
}

Permission ask(const std::string& text, const std::vector<std::string>& entries) {
  return permission_for(target(text), allow_rules(entries));
}

bool within(const std::string& address, std::uint16_t port, const std::vector<std::string>& entries) {
  return in_networks(boost::asio::ip::make_address(address), port, allow_rules(entries));
}

TEST(ProbePermission, NothingIsAllowedByDefault) {
  EXPECT_EQ(ask("10.0.0.1", {}), Permission::refused);
  EXPECT_EQ(ask("ts01", {}), Permission::refused);
}

TEST(ProbePermission, NetworksAllowTheirAddressesOnTheirPorts) {
  const std::vector<std::string> entries{"10.1.0.0/17", "192.0.2.7:1000-2000", "2001:db8:8000::/33"};
  EXPECT_EQ(ask("10.1.127.255", entries), Permission::granted);
  EXPECT_EQ(ask("10.1.128.0", entries), Permission::refused);
  EXPECT_EQ(ask("10.1.0.1:3390", entries), Permission::refused);
  EXPECT_EQ(ask("192.0.2.7:1000", entries), Permission::granted);
  EXPECT_EQ(ask("192.0.2.7:2000", entries), Permission::granted);
  EXPECT_EQ(ask("192.0.2.7:2001", entries), Permission::refused);
  EXPECT_EQ(ask("192.0.2.7", entries), Permission::refused);
  EXPECT_EQ(ask("192.0.2.6:1000", entries), Permission::refused);
  EXPECT_EQ(ask("2001:db8:8000::1", entries), Permission::granted);
  EXPECT_EQ(ask("2001:db8:7fff::1", entries), Permission::refused);
  EXPECT_EQ(ask("[::ffff:10.1.0.1]:3389", entries), Permission::granted);
}

TEST(ProbePermission, NamesAndSuffixesAllowNames) {
  const std::vector<std::string> entries{"TS01.example.com", "*.corp.example.com:3390"};
  EXPECT_EQ(ask("ts01.example.com", entries), Permission::granted);
  EXPECT_EQ(ask("ts01.example.com:3390", entries), Permission::refused);
  EXPECT_EQ(ask("ts02.example.com", entries), Permission::refused);
  EXPECT_EQ(ask("a.b.corp.example.com:3390", entries), Permission::granted);
  EXPECT_EQ(ask("corp.example.com:3390", entries), Permission::refused);
  EXPECT_EQ(ask("evilcorp.example.com:3390", entries), Permission::refused);
  EXPECT_EQ(ask("a.corp.example.com", entries), Permission::refused);
}

TEST(ProbePermission, WithNetworksOnlyANameGoesWhereTheyAllow) {
  const std::vector<std::string> entries{"10.0.0.0/8", "*.corp.example.com:3390"};
  EXPECT_EQ(ask("anything.example.org", entries), Permission::into_networks);
  EXPECT_EQ(ask("anything.example.org:22", entries), Permission::refused);
  EXPECT_TRUE(within("10.9.9.9", 3389, entries));
  EXPECT_TRUE(within("::ffff:10.9.9.9", 3389, entries));
  EXPECT_FALSE(within("127.0.0.1", 3389, entries));
  EXPECT_FALSE(within("10.9.9.9", 3390, entries));
}

TEST(ProbePermission, AddressesThatMeanNoHostAreNeverAllowed) {
  for (const std::string address :
       {"0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "ff02::1", "::ffff:0.0.0.0"})
    EXPECT_FALSE(within(address, 3389, {"0.0.0.0/0", "::/0"})) << address;
  EXPECT_TRUE(within("192.0.2.1", 3389, {"0.0.0.0/0"}));
}

}  // namespace
}  // namespace rdpwatch::on_demand
