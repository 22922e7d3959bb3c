#include "probes/handshake/host_identity.hpp"

#include <gtest/gtest.h>

#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace std::chrono_literals;

std::optional<bool> mismatch(const std::string& target, const std::string& netbios, const std::string& dns,
                             const std::string& server_name = "") {
  ProbePlan plan;
  plan.host = target;
  plan.host_is_literal = is_address(target);
  plan.server_name = server_name;
  HostFacts host;
  host.netbios_computer = netbios;
  host.dns_computer = dns;
  return name_mismatch(plan, host);
}

TEST(HostIdentity, AnyOfItsNamesWillDo) {
  EXPECT_EQ(mismatch("ts09", "TS09", "ts09.corp.example.com"), false);
  EXPECT_EQ(mismatch("ts09.corp.example.com", "TS09", "ts09.corp.example.com"), false);
  EXPECT_EQ(mismatch("TS09.Corp.Example.COM.", "TS09", "ts09.corp.example.com"), false);
  EXPECT_EQ(mismatch("ts09.alias.example.net", "TS09", ""), false);
  EXPECT_EQ(mismatch("ts09.alias.example.net", "", "ts09.corp.example.com"), false);
  EXPECT_EQ(mismatch("averyverylongname01.example.com", "AVERYVERYLONGNA", ""), false);
}

TEST(HostIdentity, AnotherHostIsAMismatch) {
  EXPECT_EQ(mismatch("ts09", "TS10", "ts10.corp.example.com"), true);
  EXPECT_EQ(mismatch("ts09.corp.example.com", "TS10", "ts10.corp.example.com"), true);
  EXPECT_EQ(mismatch("ts0", "TS09", "ts09.corp.example.com"), true);
}

TEST(HostIdentity, AnAddressNeedsAnExpectedName) {
  EXPECT_EQ(mismatch("10.0.0.9", "TS09", "ts09.corp.example.com"), std::nullopt);
  EXPECT_EQ(mismatch("10.0.0.9", "TS09", "", "10.0.0.9"), std::nullopt);
  EXPECT_EQ(mismatch("10.0.0.9", "TS09", "", "ts09.corp.example.com"), false);
  EXPECT_EQ(mismatch("10.0.0.9", "TS10", "", "ts09.corp.example.com"), true);
  EXPECT_EQ(mismatch("ts09", "", ""), std::nullopt) << "a host without names can't be wrong";
}

TEST(HostIdentity, EitherTheTargetOrServerNameFits) {
  EXPECT_EQ(mismatch("ts09", "TS09", "", "farm.example.com"), false);
  EXPECT_EQ(mismatch("farm.example.com", "TS09", "", "ts09.example.com"), false);
}

wire::NtlmChallenge challenge_of(wire::NtlmVersion version) {
  wire::NtlmChallenge challenge;
  challenge.netbios_computer = "TS09";
  challenge.version = version;
  return challenge;
}

TEST(HostIdentity, ReleasesByBuild) {
  EXPECT_EQ(host_facts(challenge_of({10, 0, 20348}), 0x1F).os_name, "Windows Server 2022");
  EXPECT_EQ(host_facts(challenge_of({10, 0, 20348}), 0x1F).os_build, "10.0.20348");
  const HostFacts unknown = host_facts(challenge_of({10, 0, 65000}), 0x1F);
  EXPECT_EQ(unknown.os_build, "10.0.65000");
  EXPECT_EQ(unknown.os_name, "");
  EXPECT_EQ(host_facts({}, 0x1F).os_build, "");
}

TEST(HostIdentity, Windows7ThatOffersWhatItNeverHadIsNone) {
  EXPECT_EQ(host_facts(challenge_of({6, 1, 7601}), 0x01).os_name, "Windows 7 SP1 / Server 2008 R2 SP1");
  EXPECT_EQ(host_facts(challenge_of({6, 1, 7601}), 0x03).os_name, "");
  EXPECT_EQ(host_facts(challenge_of({6, 1, 7601}), 0x03).os_build, "6.1.7601");
}

TEST(HostIdentity, SkewAtTheEndsOfTheClock) {
  using std::chrono::system_clock;
  EXPECT_EQ(clock_skew(system_clock::time_point(105s), system_clock::time_point(100s)), Seconds(5));
  EXPECT_LT(clock_skew(system_clock::time_point(0s), system_clock::time_point::max()), Seconds(-9e9));
  EXPECT_FALSE(is_clock_skewed(Seconds(-300)));
  EXPECT_TRUE(is_clock_skewed(Seconds(-300.5)));
  EXPECT_TRUE(is_clock_skewed(Seconds(301)));
}

}  // namespace
}  // namespace rdpwatch::handshake
