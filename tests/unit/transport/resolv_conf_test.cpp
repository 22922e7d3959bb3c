#include "probes/transport/resolv_conf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "probes/transport/hosts_file.hpp"

namespace rdpwatch::transport {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string text(const std::optional<boost::asio::ip::udp::endpoint>& endpoint) {
  std::ostringstream out;
  if (endpoint) out << *endpoint;
  return out.str();
}

std::vector<std::string> servers(const ResolvConf& conf) {
  std::vector<std::string> texts;
  for (const auto& server : conf.servers) texts.push_back(text(server));
  return texts;
}

TEST(Nameserver, AllowedForms) {
  EXPECT_EQ(text(parse_nameserver("10.0.0.53")), "10.0.0.53:53");
  EXPECT_EQ(text(parse_nameserver("10.0.0.53:5353")), "10.0.0.53:5353");
  EXPECT_EQ(text(parse_nameserver("fd00::53")), "[fd00::53]:53");
  EXPECT_EQ(text(parse_nameserver("[fd00::53]")), "[fd00::53]:53");
  EXPECT_EQ(text(parse_nameserver("[fd00::53]:5353")), "[fd00::53]:5353");
}

TEST(Nameserver, AnythingElseIsNone) {
  for (const char* given :
       {"", "dns.corp", "10.0.0.53:", "10.0.0.53:0", "10.0.0.53:65536", "10.0.0.53:5x", "10.0.0", "[fd00::53",
        "[fd00::53]5353", "[fd00::53]:", "[10.0.0.53]:53", "[]:53", ":53", "::g"})
    EXPECT_EQ(parse_nameserver(given), std::nullopt) << given;
}

TEST(ResolvConf, WhatMatters) {
  const ResolvConf conf = parse_resolv_conf(
      "# made by hand\n"
      "nameserver 10.0.0.53  # first\n"
      "nameserver\tfd00::53\n"
      "search emea.corp. corp\n"
      "options timeout:1 ndots:3 edns0\n",
      "prober.example.com");
  EXPECT_THAT(servers(conf), ElementsAre("10.0.0.53:53", "[fd00::53]:53"));
  EXPECT_THAT(conf.search, ElementsAre("emea.corp", "corp"));
  EXPECT_EQ(conf.ndots, 3);
}

TEST(ResolvConf, EmptyFile) {
  const ResolvConf conf = parse_resolv_conf("", "prober.example.com");
  EXPECT_THAT(servers(conf), ElementsAre("127.0.0.1:53"));
  EXPECT_THAT(conf.search, ElementsAre("example.com"));
  EXPECT_EQ(conf.ndots, 1);
  EXPECT_THAT(parse_resolv_conf("", "prober").search, IsEmpty());
}

TEST(ResolvConf, LastSearchOrDomainCounts) {
  EXPECT_THAT(parse_resolv_conf("search a.corp b.corp\ndomain c.corp\n", "p").search, ElementsAre("c.corp"));
  EXPECT_THAT(parse_resolv_conf("search .\n", "prober.example.com").search, IsEmpty());
}

TEST(ResolvConf, UnreadableLinesAreSkipped) {
  const ResolvConf conf = parse_resolv_conf(
      "nameserver nonsense\nnameserver\n;nameserver 10.0.0.1\noptions ndots:x ndots\nsearch a..b corp\n\n",
      "p");
  EXPECT_THAT(servers(conf), ElementsAre("127.0.0.1:53"));
  EXPECT_THAT(conf.search, ElementsAre("corp"));
  EXPECT_EQ(conf.ndots, 1);
}

TEST(ResolvConf, IsBounded) {
  std::string many = "search";
  for (int i = 0; i < 100; ++i) many += " d" + std::to_string(i) + ".corp";
  many += "\noptions ndots:99\n";
  for (int i = 1; i < 100; ++i) many += "nameserver 10.0.0." + std::to_string(i) + "\n";
  const ResolvConf conf = parse_resolv_conf(many, "p");
  EXPECT_THAT(conf.search, SizeIs(32));
  EXPECT_THAT(conf.servers, SizeIs(8));
  EXPECT_EQ(conf.ndots, 15);
}

TEST(HostsFile, NamesAliasesCommentsAndSeveralLines) {
  const HostsTable table = parse_hosts(
      "127.0.0.1\tlocalhost\n"
      "10.0.0.9  TS09.corp ts09 # the ninth\n"
      "#10.0.0.8 ts08\n"
      "fd00::9 ts09.corp.\n"
      "nonsense ts07\n"
      "10.0.0.6\n");
  EXPECT_THAT(table, SizeIs(3));
  ASSERT_THAT(table.at("ts09.corp"), SizeIs(2));
  EXPECT_EQ(table.at("ts09.corp")[0].to_string(), "10.0.0.9");
  EXPECT_EQ(table.at("ts09.corp")[1].to_string(), "fd00::9");
  EXPECT_THAT(table.at("ts09"), SizeIs(1));
}

}  // namespace
}  // namespace rdpwatch::transport
