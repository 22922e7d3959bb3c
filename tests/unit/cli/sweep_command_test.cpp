#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <csignal>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/cli/hosts.hpp"
#include "tests/unit/cli/runner.hpp"

namespace rdpwatch::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string inventory(const test::TempDir& folder, const std::string& first, const std::string& second) {
  return "--config.file=" +
         folder.write("rdpwatch.yml", "inventory:\n  - group: a\n    targets: [\"" + first +
                                          "\"]\n  - group: b\n    module: tcp\n    targets: [\"" + second +
                                          "\"]\n");
}

TEST(SweepCommand, text_worst_first_and_progress_on_standard_error) {
  const test::TempDir folder;
  const ClosedPort closed;
  const Host open([](Tcp::socket&) {});
  const Ran ran = run_line({"sweep", inventory(folder, closed.target(), open.target())});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, StartsWith("FAILED in connect: connection_refused (1 host, a client shows 0x204)\n"
                                  "  the port is closed: the host answered with a reset\n  " +
                                  closed.target() + "  refused "));
  EXPECT_THAT(ran.out, HasSubstr("  states    FAILED 1, CRITICAL 0, UNKNOWN 0, WARNING 0, OK 1\n"));
  EXPECT_THAT(ran.err, StartsWith("50 % (1 of 2), "));
  EXPECT_THAT(ran.err, HasSubstr("\n100 % (2 of 2), 1 failed\n"));
}

TEST(SweepCommand, filters) {
  const test::TempDir folder;
  const ClosedPort closed;
  const Host open([](Tcp::socket&) {});
  const std::string config = inventory(folder, closed.target(), open.target());
  const auto targets = [&](const std::vector<std::string>& flags, int code) {
    std::vector<std::string> arguments{"sweep", config, "--output=json"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const Ran ran = run_line(arguments);
    EXPECT_EQ(ran.code, code) << ran.err;
    std::string found;
    const auto parsed = boost::json::parse(ran.out);
    for (const auto& result : parsed.at("results").as_array()) {
      found += std::string(result.at("target").as_string()) + " ";
    }
    return found;
  };
  EXPECT_EQ(targets({"--group=b"}, 0), open.target() + " ");
  EXPECT_EQ(targets({"--module=tls"}, 2), closed.target() + " ");
  EXPECT_EQ(targets({"--group", "a", "--group", "b"}, 2), closed.target() + " " + open.target() + " ");
}

TEST(SweepCommand, csv) {
  const test::TempDir folder;
  const ClosedPort closed;
  const Ran ran =
      run_line({"sweep", inventory(folder, closed.target(), "127.0.0.9:1"), "--group=a", "--output=csv"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, StartsWith("target,group,module,address,state,phase,reason,"));
  EXPECT_THAT(ran.out, HasSubstr("\r\n" + closed.target() + ",a,tls," + closed.target() +
                                 ",failed,connect,connection_refused,network,"));
}

TEST(SweepCommand, what_can_not_be_used_exits_3) {
  const test::TempDir folder;
  const std::string config = inventory(folder, "127.0.0.1:1", "127.0.0.9:1");
  EXPECT_EQ(run_line({"sweep", config, "--group=c"}).err,
            "rdpwatch sweep: group \"c\" is not known, allowed: a, b\n");
  const Ran module = run_line({"sweep", config, "--module=fast"});
  EXPECT_EQ(module.code, 3);
  EXPECT_EQ(module.err,
            "rdpwatch sweep: module \"fast\" is not known, allowed: licensing, negotiate, nla, tcp, tls\n");
  const Ran nothing = run_line({"sweep", config, "--group=a", "--module=tcp"});
  EXPECT_EQ(nothing.code, 3);
  EXPECT_EQ(nothing.err, "rdpwatch sweep: there are no targets to probe\n");
  EXPECT_EQ(run_line({"sweep", "--config.file=" + folder.path("absent.yml")}).code, 3);
}

TEST(SweepCommand, interrupted_prints_what_is_there) {
  const test::TempDir folder;
  const Host silent([](Tcp::socket&) { ::kill(::getpid(), SIGINT); });
  const ClosedPort closed;
  const Ran ran = run_line({"sweep", inventory(folder, silent.target(), closed.target()), "--output=json"});
  const auto parsed = boost::json::parse(ran.out).as_object();
  EXPECT_EQ(parsed.at("interrupted"), true);
  EXPECT_EQ(parsed.at("planned"), 2);
  EXPECT_LT(parsed.at("duration_seconds").to_number<double>(), 4);
  for (const auto& result : parsed.at("results").as_array()) {
    EXPECT_EQ(result.at("target").as_string(), closed.target());
  }
}

}  // namespace
}  // namespace rdpwatch::cli
