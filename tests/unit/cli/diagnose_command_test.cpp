// The gate leaves a second between two connections to a host, so each experiment costs one.

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

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// One attempt a run, to save time.
std::string group_of(const SimulatedHosts& hosts, std::size_t count) {
  std::string text = "global: {confirm: {attempts: 1}}\ninventory:\n  - group: rdsh\n    targets:\n";
  for (std::size_t i = 0; i < count; ++i) text += "      - \"" + hosts.target(i) + "\"\n";
  return text;
}

std::vector<std::string> texts(const boost::json::value& rows, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& row : rows.as_array()) out.emplace_back(row.at(key).as_string());
  return out;
}

TEST(DiagnoseCommand, a_healthy_host_points_at_the_users_side) {
  const SimulatedHosts hosts({"healthy_tls12"});
  const Ran ran = run_line({"diagnose", hosts.target(0)});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.out,
              StartsWith("OK  " + hosts.target(0) +
                         "  The host is healthy from here, and the user's machine fails (likely)\n"
                         "  us or them  the host answers; what is wrong points at the user's machine "
                         "or\n              its network\n"));
  EXPECT_THAT(ran.out, HasSubstr("\n  more        rdpwatch explain client_side_only\n"));
  EXPECT_THAT(ran.err, StartsWith("probing " + hosts.target(0) + ", attempt 1 of at most 2\n  fine, "));
}

TEST(DiagnoseCommand, the_tenth_host_among_its_siblings_as_json) {
  const test::TempDir folder;
  const SimulatedHosts hosts({"healthy_tls12", "reset_after_client_hello", "healthy_tls12"});
  const Ran ran =
      run_line({"diagnose", hosts.target(1), config_argument(folder, group_of(hosts, 3)), "--output=json"});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const auto out = boost::json::parse(ran.out).as_object();
  EXPECT_EQ(out.at("schema"), "rdpwatch.probe/1");
  EXPECT_EQ(out.at("group"), "rdsh");
  EXPECT_EQ(out.at("failure").at("reason"), "connection_reset");
  EXPECT_EQ(out.at("client_error"), boost::json::parse(R"({"code": "0x904", "extended_code": "0x7"})"));
  EXPECT_EQ(out.at("us_or_them"),
            "them: a host of the same group answers this machine; it points at the host");
  EXPECT_THAT(texts(out.at("siblings"), "target"), testing::ElementsAre(hosts.target(0), hosts.target(2)));
  EXPECT_EQ(out.at("siblings").at(0).at("up"), true);
  EXPECT_EQ(out.at("siblings").at(1).at("up"), true);
  EXPECT_THAT(texts(out.at("experiments"), "kind"),
              testing::ElementsAre("repeat", "only_tls12", "garbage", "direct_tls", "sibling"));
  EXPECT_EQ(out.at("experiments").at(4).at("target").as_string(), hosts.target(0));
  EXPECT_EQ(out.at("experiments").at(4).at("passed"), true);
  EXPECT_EQ(out.at("causes").at(0).at("id"), "private_key_unreadable");
  EXPECT_EQ(out.at("causes").at(0).at("likelihood"), "likely");
  EXPECT_THAT(ran.err, HasSubstr("\nasking 2 of the group rdsh\n  2 of 2 answer\ntrying the same once more\n"
                                 "  connection_reset in tls: reset "));
  EXPECT_THAT(ran.err, HasSubstr("\ntrying a healthy host of the same group, now\n  passed in "));
}

TEST(DiagnoseCommand, of_a_large_group_the_nearest_names_are_asked) {
  const test::TempDir folder;
  std::string text = "global: {confirm: {attempts: 1}}\ninventory:\n  - group: dark\n    targets: [";
  for (int i = 10; i < 26; ++i) text += (i == 10 ? "" : ", ") + ("\"127.0.24." + std::to_string(i) + ":1\"");
  const Ran ran =
      run_line({"diagnose", "127.0.24.16:1", config_argument(folder, text + "]\n"), "--output=json"});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const auto out = boost::json::parse(ran.out).as_object();
  EXPECT_THAT(texts(out.at("siblings"), "target"),
              testing::ElementsAre("127.0.24.12:1", "127.0.24.13:1", "127.0.24.14:1", "127.0.24.15:1",
                                   "127.0.24.17:1", "127.0.24.18:1", "127.0.24.19:1", "127.0.24.20:1",
                                   "127.0.24.21:1"));
  EXPECT_EQ(out.at("us_or_them"),
            "perhaps us, or the way: no other host of the group answers this machine either");
  EXPECT_THAT(ran.err, HasSubstr("\nasking 9 of the group dark\n  0 of 9 answer\n"));
}

TEST(DiagnoseCommand, a_ticket_in_markdown_for_the_hosts_platform) {
  const test::TempDir folder;
  const SimulatedHosts hosts({"failure_3"});
  const std::string text =
      "global: {confirm: {attempts: 1}}\ninventory:\n  - group: rdsh\n    labels: "
      "{platform: azure}\n    targets: [\"" +
      hosts.target(0) + "\"]\n";
  const Ran ran = run_line({"diagnose", hosts.target(0), config_argument(folder, text), "--output=markdown"});
  EXPECT_EQ(ran.code, 2) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("# " + hosts.target(0) +
                                  ": FAILED: The host has no certificate for TLS (likely)\n"));
  EXPECT_THAT(ran.out, HasSubstr("\n### The host has no certificate for TLS (likely)\n"));
  EXPECT_THAT(ran.out, HasSubstr(" (Azure)"));
  EXPECT_THAT(ran.out, Not(HasSubstr(" (AWS)")));
  EXPECT_THAT(ran.err,
              StartsWith("probing " + hosts.target(0) + "\n  ssl_cert_not_on_server in negotiate: "));
}

TEST(DiagnoseCommand, quick_leaves_out_the_patient_connection) {
  const test::TempDir folder;
  const SimulatedHosts hosts({"stall_after_request"});
  const Ran ran = run_line({"diagnose", hosts.target(0), "--quick", "--timeout=1s", "--output=json",
                            config_argument(folder, "global: {confirm: {attempts: 1}}\ninventory: []\n")});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const auto out = boost::json::parse(ran.out).as_object();
  EXPECT_EQ(out.at("failure").at("reason"), "timeout");
  EXPECT_THAT(texts(out.at("experiments"), "kind"),
              testing::ElementsAre("without_cookie", "ask_tls", "direct_tls", "repeat"));
}

TEST(DiagnoseCommand, interrupted_it_shows_what_it_has) {
  const test::TempDir folder;
  int connections = 0;
  const Host host([&connections](Tcp::socket& socket) {
    if (++connections == 3) ::kill(::getpid(), SIGINT);
    if (connections < 3) close_after_request(socket);
  });
  const Ran ran = run_line({"diagnose", host.target(), "--output=json",
                            config_argument(folder, "global: {confirm: {attempts: 1}}\ninventory: []\n")});
  EXPECT_EQ(ran.code, 2) << ran.err;
  const auto out = boost::json::parse(ran.out).as_object();
  EXPECT_EQ(out.at("failure").at("reason"), "connection_closed");
  EXPECT_EQ(texts(out.at("experiments"), "kind"), std::vector<std::string>{"without_cookie"});
  EXPECT_FALSE(out.at("causes").as_array().empty());
}

TEST(DiagnoseCommand, interrupted_at_once_is_unknown) {
  const Host silent([](Tcp::socket&) { ::kill(::getpid(), SIGINT); });
  const Ran ran = run_line({"diagnose", silent.target()});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(
      ran.out,
      StartsWith("UNKNOWN  " + silent.target() +
                 "  cut off: stopped\n  us or them  not known: the probe was cut off\n  probed      "));
}

TEST(DiagnoseCommand, what_can_not_be_used_exits_3) {
  const Ran target = run_line({"diagnose", "ts09:99999"});
  EXPECT_EQ(target.code, 3);
  EXPECT_EQ(target.out, "");
  EXPECT_EQ(
      target.err,
      "rdpwatch diagnose: target 'ts09:99999': the port is not a number from 1 to 65535, allowed: host, "
      "host:port, an IP address or [IPv6]:port\n");
  const Ran module = run_line({"diagnose", "127.0.0.1", "--module=fast"});
  EXPECT_EQ(module.code, 3);
  EXPECT_EQ(
      module.err,
      "rdpwatch diagnose: module \"fast\" is not known, allowed: licensing, negotiate, nla, tcp, tls\n");
  const Ran output = run_line({"diagnose", "127.0.0.1", "--output=plugin"});
  EXPECT_EQ(output.code, 3);
  EXPECT_EQ(output.out, "");
}

}  // namespace
}  // namespace rdpwatch::cli
