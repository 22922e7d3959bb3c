#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/runner.hpp"

namespace rdpwatch::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

TEST(ServeFlags, defaults) {
  const Ran ran = run_line({"serve", "--config.file=rdpwatch.yml"});
  EXPECT_EQ(ran.code, 0);
  ASSERT_THAT(ran.served, SizeIs(1));
  const ServeOptions& options = ran.served.front();
  EXPECT_EQ(options.config_file, "rdpwatch.yml");
  EXPECT_FALSE(options.config_check);
  EXPECT_THAT(options.listen_addresses, ElementsAre(":9839"));
  EXPECT_EQ(options.external_url, "");
  EXPECT_FALSE(options.enable_lifecycle);
  EXPECT_EQ(options.events_file, "");
  EXPECT_EQ(options.log_level, log::Level::info);
  EXPECT_EQ(options.log_format, log::Format::logfmt);
}

TEST(ServeFlags, all_of_them) {
  const Ran ran =
      run_line({"serve", "--config.file", "a.yml", "--config.check", "--web.listen-address", "127.0.0.1:9839",
                "--web.listen-address=[::1]:9840", "--web.external-url=https://rdp.example.com/x",
                "--web.config.file=web.yml", "--web.enable-lifecycle", "--events.file=-", "--log.level=warn",
                "--log.format", "json"});
  EXPECT_EQ(ran.err, "");
  ASSERT_THAT(ran.served, SizeIs(1));
  const ServeOptions& options = ran.served.front();
  EXPECT_EQ(options.config_file, "a.yml");
  EXPECT_TRUE(options.config_check);
  EXPECT_THAT(options.listen_addresses, ElementsAre("127.0.0.1:9839", "[::1]:9840"));
  EXPECT_EQ(options.external_url, "https://rdp.example.com/x");
  EXPECT_EQ(options.web_config_file, "web.yml");
  EXPECT_TRUE(options.enable_lifecycle);
  EXPECT_EQ(options.events_file, "-");
  EXPECT_EQ(options.log_level, log::Level::warn);
  EXPECT_EQ(options.log_format, log::Format::json);
}

struct Mistake {
  std::vector<std::string> arguments;
  std::string err;
};

class Usage : public testing::TestWithParam<Mistake> {};

TEST_P(Usage, mistake_exits_3_and_says_what_is_allowed) {
  const Ran ran = run_line(GetParam().arguments);
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.err, GetParam().err);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.served, SizeIs(0));
}

const std::string kCommands =
    "\nallowed: probe diagnose audit sweep status maintenance healthcheck explain serve check-config "
    "print-metrics "
    "print-runbooks completion\nsee rdpwatch --help\n";

INSTANTIATE_TEST_SUITE_P(
    All, Usage,
    testing::Values(
        Mistake{{}, "rdpwatch: a command is missing" + kCommands},
        Mistake{{"--foo"}, "rdpwatch: a command is missing" + kCommands},
        Mistake{{"prob", "ts09"}, "rdpwatch: \"prob\" is no command, did you mean probe?" + kCommands},
        Mistake{{"\x1b[31m"}, "rdpwatch: \"\" is no command" + kCommands},
        Mistake{{"probe"}, "rdpwatch probe: TARGET is required\nsee rdpwatch probe --help\n"},
        Mistake{{"probe", "a", "--output=xml"},
                "rdpwatch probe: --output: \"xml\" is not known, allowed: json, plugin, text\nsee rdpwatch "
                "probe --help\n"},
        Mistake{{"probe", "a", "--timeout=1h"},
                "rdpwatch probe: --timeout: \"1h\" is no duration that can be used, allowed: 1s to 50s, for "
                "example "
                "10s\nsee rdpwatch probe --help\n"},
        Mistake{{"probe", "a", "--warning-days=nan"},
                "rdpwatch probe: --warning-days: \"nan\" is no number of days, allowed: 0 to 36500\nsee "
                "rdpwatch probe "
                "--help\n"},
        Mistake{{"probe", "a", "--critical-days=-1"},
                "rdpwatch probe: --critical-days: \"-1\" is no number of days, allowed: 0 to 36500\nsee "
                "rdpwatch probe "
                "--help\n"},
        Mistake{{"audit", "a", "--output=plugin"},
                "rdpwatch audit: --output: \"plugin\" is not known, allowed: csv, json, text\nsee rdpwatch "
                "audit --help\n"},
        Mistake{{"audit", "a", "--timeout=60s"},
                "rdpwatch audit: --timeout: \"60s\" is no duration that can be used, allowed: 1s to 50s, for "
                "example 10s\nsee rdpwatch audit --help\n"},
        Mistake{{"sweep"}, "rdpwatch sweep: --config.file is required\nsee rdpwatch sweep --help\n"},
        Mistake{{"explain"}, "rdpwatch explain: CODE is required\nsee rdpwatch explain --help\n"},
        Mistake{{"serve"}, "rdpwatch serve: --config.file is required\nsee rdpwatch serve --help\n"},
        Mistake{
            {"serve", "--config.file=a", "--web.external-url=ftp://x"},
            "rdpwatch serve: --web.external-url: \"ftp://x\" is no URL, allowed: http:// or https:// with a "
            "host\nsee rdpwatch serve --help\n"},
        Mistake{{"serve", "--config.file=a", "--log.level=loud"},
                "rdpwatch serve: --log.level: \"loud\" is not known, allowed: debug, error, info, warn\nsee "
                "rdpwatch "
                "serve --help\n"},
        Mistake{{"print-metrics", "--format=xml"},
                "rdpwatch print-metrics: --format: \"xml\" is not known, allowed: text, markdown, json\nsee "
                "rdpwatch "
                "print-metrics --help\n"}));

TEST(UsageOther, listen_address) {
  const Ran ran = run_line({"serve", "--config.file=a", "--web.listen-address=9839"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.err, StartsWith("rdpwatch serve: --web.listen-address: "));
  EXPECT_THAT(ran.err, HasSubstr("9839"));
}

TEST(Help, every_command_has_flags_and_an_example) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> commands{
      {"probe",
       {"TARGET", "--module", "--config.file", "--timeout", "--output", "--warning-days", "--critical-days",
        "--no-color"}},
      {"audit",
       {"TARGET", "--config.file", "--group", "--module", "--timeout", "--output", "--warning-days",
        "--critical-days", "--no-color"}},
      {"sweep", {"--config.file", "--group", "--module", "--output", "--warning-days", "--critical-days"}},
      {"explain", {"CODE", "EXTENDED"}},
      {"serve",
       {"--config.file", "--config.check", "--web.listen-address=:9839", "--web.config.file",
        "--web.external-url", "--web.enable-lifecycle", "--events.file", "--log.level=info",
        "--log.format=logfmt"}},
      {"check-config", {"FILE"}},
      {"print-metrics", {"--format=text"}},
      {"print-runbooks", {"DIR"}},
      {"maintenance",
       {"ACTION", "ID", "--url", "--match", "--for", "--reason", "--by", "--allow-empty", "--output"}},
      {"healthcheck", {"--web.listen-address=:9839", "--web.config.file", "--url"}},
      {"completion", {"SHELL"}}};
  const Ran general = run_line({"--help"});
  EXPECT_EQ(general.code, 0);
  for (const auto& [command, words] : commands) {
    EXPECT_THAT(general.out, HasSubstr("\n  " + command + " "));
    const Ran ran = run_line({command, "--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.err, "");
    EXPECT_THAT(ran.out, HasSubstr("\nUsage: rdpwatch " + command + " "));
    EXPECT_THAT(ran.out, HasSubstr("\n  rdpwatch " + command + " "));
    for (const auto& word : words) EXPECT_THAT(ran.out, HasSubstr("  " + word)) << command;
  }
}

TEST(Version, names_program_and_libraries) {
  const Ran ran = run_line({"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, StartsWith("rdpwatch 0.1.0\n  revision  "));
  EXPECT_THAT(ran.out, HasSubstr("\n  openssl   OpenSSL 3."));
}

}  // namespace
}  // namespace rdpwatch::cli
