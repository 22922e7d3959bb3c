#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <csignal>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/cli/hosts.hpp"
#include "tests/unit/cli/runner.hpp"

namespace rdpwatch::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

boost::json::object probe_json(std::vector<std::string> arguments, int expected_code) {
  arguments.insert(arguments.begin(), "probe");
  arguments.emplace_back("--output=json");
  const Ran ran = run_line(arguments);
  EXPECT_EQ(ran.code, expected_code) << ran.err;
  return boost::json::parse(ran.out).as_object();
}

TEST(ProbeCommand, refused) {
  const ClosedPort port;
  const auto result = probe_json({port.target()}, 2);
  EXPECT_EQ(result.at("schema"), "rdpwatch.probe/1");
  EXPECT_EQ(result.at("target").as_string(), port.target());
  EXPECT_EQ(result.at("module"), "tls");
  EXPECT_EQ(result.at("success"), false);
  EXPECT_EQ(result.at("failure").at("phase"), "connect");
  EXPECT_EQ(result.at("failure").at("reason"), "connection_refused");
  EXPECT_EQ(result.at("client_error").at("code"), "0x204");
  EXPECT_EQ(result.at("causes").at(0).at("id"), "listener_stopped");
  EXPECT_EQ(result.at("causes").at(0).at("likelihood"), "likely");
  EXPECT_FALSE(result.at("causes").at(0).at("checks").as_array().empty());
  EXPECT_FALSE(result.contains("group"));
}

TEST(ProbeCommand, closed_instead_of_an_answer_is_what_clients_call_0x904) {
  const Host host(close_after_request);
  const auto result = probe_json({host.target()}, 2);
  EXPECT_EQ(result.at("failure").at("phase"), "negotiate");
  EXPECT_EQ(result.at("failure").at("reason"), "connection_closed");
  EXPECT_EQ(result.at("client_error"), boost::json::parse(R"({"code": "0x904", "extended_code": "0x7"})"));
}

TEST(ProbeCommand, text_and_plugin) {
  const Host host(close_after_request);
  const Ran text = run_line({"probe", host.target(), "--module=tcp"});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, StartsWith("OK  " + host.target() + "  handshake in "));
  EXPECT_EQ(text.out.find("Likely causes"), std::string::npos);
  const Ran plugin = run_line({"probe", host.target(), "--module", "tcp", "--output", "plugin"});
  EXPECT_EQ(plugin.code, 0);
  EXPECT_THAT(plugin.out, MatchesRegex("RDP OK - 127\\.0\\.0\\.1:[0-9]+ handshake [0-9.]+ ms \\| "
                                       "connect=[0-9.]+s;;;0\n"));
}

TEST(ProbeCommand, a_failure_as_text_names_its_likely_causes) {
  const ClosedPort port;
  const Ran ran = run_line({"probe", port.target()});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, HasSubstr("\nLikely causes\n  likely      Nothing listens on the port\n"));
  EXPECT_THAT(ran.out, HasSubstr("\n    rdpwatch diagnose " + port.target() + "\n"));
}

TEST(ProbeCommand, fixes_are_those_of_the_targets_platform) {
  const ClosedPort port;
  const test::TempDir folder;
  const std::string config = folder.write(
      "rdpwatch.yml",
      "inventory:\n  - group: rdsh\n    labels: {platform: aws}\n    targets: [\"" + port.target() + "\"]\n");
  const auto result = probe_json({port.target(), "--config.file=" + config}, 2);
  std::string fixes;
  for (const auto& fix : result.at("causes").at(0).at("fixes").as_array()) fixes += fix.as_string();
  EXPECT_THAT(fixes, HasSubstr(" (AWS)"));
  EXPECT_THAT(fixes, testing::Not(HasSubstr(" (Azure)")));
}

TEST(ProbeCommand, configuration_of_the_target_and_flags_over_it) {
  const ClosedPort port;
  const ClosedPort stranger("127.0.0.2");
  const test::TempDir folder;
  const std::string config = "--config.file=" + folder.write("rdpwatch.yml",
                                                             "modules:\n"
                                                             "  port: {depth: tcp}\n"
                                                             "inventory:\n"
                                                             "  - group: rdsh\n"
                                                             "    module: port\n"
                                                             "    targets: [\"" +
                                                                 port.target() + "\"]\n");
  const auto known = probe_json({port.target(), config}, 2);
  EXPECT_EQ(known.at("group"), "rdsh");
  EXPECT_EQ(known.at("module"), "port");
  const auto overridden = probe_json({port.target(), config, "--module=negotiate"}, 2);
  EXPECT_EQ(overridden.at("group"), "rdsh");
  EXPECT_EQ(overridden.at("module"), "negotiate");
  const auto unknown = probe_json({stranger.target(), config}, 2);
  EXPECT_FALSE(unknown.contains("group"));
  EXPECT_EQ(unknown.at("module"), "tls");
}

TEST(ProbeCommand, timeout) {
  const Host silent([](Tcp::socket&) {});
  const auto result = probe_json({silent.target(), "--timeout=1s"}, 2);
  EXPECT_EQ(result.at("failure").at("phase"), "negotiate");
  EXPECT_EQ(result.at("failure").at("reason"), "timeout");
  EXPECT_GE(result.at("duration_seconds").to_number<double>(), 0.9);
  EXPECT_LE(result.at("duration_seconds").to_number<double>(), 1.9);
}

TEST(ProbeCommand, what_can_not_be_used_exits_3) {
  const test::TempDir folder;
  const Ran target = run_line({"probe", "ts09:port"});
  EXPECT_EQ(target.code, 3);
  EXPECT_EQ(target.err,
            "rdpwatch probe: target 'ts09:port': the port is not a number from 1 to 65535, allowed: host, "
            "host:port, an "
            "IP address or [IPv6]:port\n");
  const Ran module = run_line({"probe", "127.0.0.1", "--module=fast"});
  EXPECT_EQ(module.code, 3);
  EXPECT_EQ(module.err,
            "rdpwatch probe: module \"fast\" is not known, allowed: licensing, negotiate, nla, tcp, tls\n");
  const std::string bad = folder.write("bad.yml", "globl: {}\n");
  const Ran config = run_line({"probe", "127.0.0.1", "--config.file=" + bad});
  EXPECT_EQ(config.code, 3);
  EXPECT_THAT(config.err, StartsWith(bad + ":1:1: "));
}

TEST(ProbeCommand, interrupted_exits_3_and_says_so) {
  const Host silent([](Tcp::socket&) { ::kill(::getpid(), SIGINT); });
  const auto result = probe_json({silent.target()}, 3);
  EXPECT_EQ(result.at("success"), false);
  EXPECT_TRUE(result.contains("abandoned"));
  EXPECT_FALSE(result.contains("failure"));
}

}  // namespace
}  // namespace rdpwatch::cli
