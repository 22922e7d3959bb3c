// The gate leaves a second between two connections to a host, so a whole audit takes four to seven.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <csignal>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/cli/hosts.hpp"
#include "tests/unit/cli/runner.hpp"
#include "tests/unit/cli/simulated_hosts.hpp"

namespace rdpwatch::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string two_groups(const std::string& a, const std::string& b) {
  return "modules: {strict: {depth: tls}}\ninventory:\n  - group: a\n    targets: [\"" + a +
         "\"]\n  - group: b\n    module: strict\n    targets: [\"" + b + "\"]\n";
}

TEST(AuditCommand, a_hardened_host_as_text) {
  const SimulatedHosts hosts({"audit_hardened"});
  const Ran ran = run_line({"audit", hosts.target(0)});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.out, StartsWith("OK  " + hosts.target(0) + "  audited with 7 connections in "));
  EXPECT_THAT(ran.out, HasSubstr(R"text(
Security protocols
  rdp         no: RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)
  ssl         no: RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)
  hybrid      yes
  hybrid_ex   yes
  rdstls      no: RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)
  NLA         required

TLS versions
  TLSv1       no: tls_alert in tls: received alert protocol_version (70), )text"));
  EXPECT_THAT(ran.out, HasSubstr(", 183 days left\n"));
  EXPECT_THAT(ran.err, StartsWith("10 % (1 of 6)\n"));
  EXPECT_THAT(ran.err, EndsWith("\n100 % (7 of 7)\n"));
  EXPECT_EQ(hosts.stats(0).nla_authenticates, 0U);
  EXPECT_EQ(hosts.stats(0).session_errors, 0U);
}

TEST(AuditCommand, several_hosts_as_csv_worst_first) {
  const SimulatedHosts hosts({"audit_rdp_only"});
  const ClosedPort closed;
  const Ran ran = run_line({"audit", hosts.target(0), closed.target(), "--output=csv"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, StartsWith("target,group,module,address,state,failure,nla_required,rdp,ssl,"));
  EXPECT_THAT(ran.out, HasSubstr("\r\n" + closed.target() + ",,tls," + closed.target() +
                                 ",failed,connection_refused in connect: refused "));
  EXPECT_THAT(ran.out, HasSubstr("\r\n" + hosts.target(0) + ",,tls," + hosts.target(0) +
                                 ",warning,,no,yes,no,no,no,no,,,,,128-bit RC4,client_compatible,2048,,,,,"
                                 "legacy_rdp_security nla_not_required weak_rdp_encryption,5,"));
  EXPECT_LT(ran.out.find(closed.target()), ran.out.find(hosts.target(0)));
  EXPECT_EQ(ran.err, "50 % (1 of 2), 1 failed\n100 % (2 of 2), 1 failed\n");
}

TEST(AuditCommand, one_group_of_the_inventory_as_json) {
  const test::TempDir folder;
  const SimulatedHosts hosts({"audit_permissive", "audit_hardened"});
  const Ran ran = run_line({"audit", config_argument(folder, two_groups(hosts.target(1), hosts.target(0))),
                            "--group=b", "--output=json"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  const auto parsed = boost::json::parse(ran.out).as_object();
  EXPECT_EQ(parsed.at("schema"), "rdpwatch.audit/1");
  EXPECT_EQ(parsed.at("target").as_string(), hosts.target(0));
  EXPECT_EQ(parsed.at("group"), "b");
  EXPECT_EQ(parsed.at("module"), "strict");
  EXPECT_EQ(parsed.at("success"), true);
  EXPECT_EQ(parsed.at("nla_required"), false);
  EXPECT_EQ(parsed.at("rdp_security"),
            boost::json::parse(R"({ "version": "5.0 to 8.1", "requested_protocols": ["rdp"],
              "encryption_method": "40-bit RC4", "encryption_level": "low", "rdp_key_bits": 512 })"));
  EXPECT_EQ(parsed.at("findings"),
            boost::json::parse(R"(["legacy_rdp_security", "nla_not_required", "legacy_tls",
              "weak_rdp_encryption", "weak_rdp_key"])"));
}

TEST(AuditCommand, the_whole_inventory_as_an_array) {
  const test::TempDir folder;
  const ClosedPort first;
  const ClosedPort second;
  const Ran ran = run_line(
      {"audit", config_argument(folder, two_groups(first.target(), second.target())), "--output=json"});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const auto parsed = boost::json::parse(ran.out).as_array();
  ASSERT_EQ(parsed.size(), 2U);
  for (const auto& audit : parsed) EXPECT_EQ(audit.at("failure").at("reason"), "connection_refused");
}

TEST(AuditCommand, a_module_holds_for_the_inventory_too) {
  const test::TempDir folder;
  const ClosedPort closed;
  const Ran ran = run_line({"audit", config_argument(folder, two_groups(closed.target(), "127.0.0.9:1")),
                            "--group=a", "--module=strict", "--output=json"});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const auto parsed = boost::json::parse(ran.out).as_object();
  EXPECT_EQ(parsed.at("group"), "a");
  EXPECT_EQ(parsed.at("module"), "strict");
}

struct Refused {
  std::vector<std::string> arguments;
  std::string err;
};

TEST(AuditCommand, what_can_not_be_used_exits_3) {
  const test::TempDir folder;
  const std::string inventory = config_argument(folder, two_groups("127.0.0.1:1", "127.0.0.9:1"));
  const std::string empty = "--config.file=" + folder.write("empty.yml", "inventory: []\n");
  const std::vector<Refused> all{
      {{}, "there is nothing to audit, allowed: targets, or --config.file with an inventory"},
      {{empty}, "there are no targets to audit"},
      {{inventory, "--group=c"}, "group \"c\" is not known, allowed: a, b"},
      {{inventory, "--group=a", "--module=fast"},
       "module \"fast\" is not known, allowed: licensing, negotiate, nla, strict, tcp, tls"},
      {{"ts09", "--module=fast"},
       "module \"fast\" is not known, allowed: licensing, negotiate, nla, tcp, tls"},
      {{"ts09", "ts10:99999"},
       "target 'ts10:99999': the port is not a number from 1 to 65535, allowed: host, host:port, an IP "
       "address or [IPv6]:port"}};
  for (const auto& [arguments, err] : all) {
    std::vector<std::string> line{"audit"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const Ran ran = run_line(line);
    EXPECT_EQ(ran.code, 3) << err;
    EXPECT_EQ(ran.err, "rdpwatch audit: " + err + "\n");
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_EQ(run_line({"audit", "--config.file=" + folder.path("absent.yml")}).code, 3);
}

TEST(AuditCommand, interrupted_prints_what_is_there) {
  const test::TempDir folder;
  const ClosedPort closed;
  const Host silent([](Tcp::socket&) { ::kill(::getpid(), SIGINT); });
  // One after another, so that it is known what is there.
  const Ran ran = run_line({"audit", config_argument(folder, "global: {max_in_flight: 1}\ninventory: []\n"),
                            closed.target(), silent.target(), "127.0.0.9:1"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, StartsWith("FAILED   " + closed.target() +
                                  "\n  why         connection_refused in connect: refused "));
  EXPECT_THAT(ran.out, HasSubstr("\nUNKNOWN  127.0.0.9:1\n  why         cut off: interrupted\n"));
  EXPECT_THAT(ran.out, HasSubstr("\nUNKNOWN  " + silent.target() + "\n  why         cut off: interrupted\n"));
  EXPECT_THAT(ran.out, EndsWith("\nTotals\n  states      FAILED 1, CRITICAL 0, UNKNOWN 2, WARNING 0, OK 0\n"
                                "  hosts       3\n"));
}

TEST(AuditCommand, one_host_interrupted_is_unknown) {
  const Host silent([](Tcp::socket&) { ::kill(::getpid(), SIGINT); });
  const Ran ran = run_line({"audit", silent.target()});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.out, StartsWith("UNKNOWN  " + silent.target() + "  cut off: interrupted\n  module tls, "));
}

}  // namespace
}  // namespace rdpwatch::cli
