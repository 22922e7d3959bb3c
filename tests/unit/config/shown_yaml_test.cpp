#include "config/shown_yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kFolder = std::string(RDPWATCH_SOURCE_DIR) + "/config/";

Settings load(const LoadResult& result) {
  EXPECT_THAT(messages(result), IsEmpty());
  return std::holds_alternative<Settings>(result) ? std::get<Settings>(result) : Settings{};
}

/// Shown, read and shown again. That every setting is in the text is a test of its own.
void expect_round_trip(const Settings& settings) {
  const std::string shown = shown_yaml(settings);
  const Settings again = load(load_text(shown, "/elsewhere/shown.yml"));
  EXPECT_EQ(shown_yaml(again), shown);
  EXPECT_EQ(again.modules.size(), settings.modules.size());
  ASSERT_EQ(again.inventory.size(), settings.inventory.size());
  for (std::size_t i = 0; i < again.inventory.size(); ++i) {
    EXPECT_EQ(again.inventory[i].targets.size(), settings.inventory[i].targets.size());
    EXPECT_EQ(again.inventory[i].labels, settings.inventory[i].labels);
    EXPECT_EQ(again.inventory[i].interval, settings.inventory[i].interval);
  }
}

TEST(ShownYaml, TheExamplesReadBackAsTheyWere) {
  for (const char* const file : {"example.yml", "minimal.yml"})
    expect_round_trip(load(load_file(kFolder + file)));
}

TEST(ShownYaml, HasEveryKeyOfTheExampleWhichHasAllThereAre) {
  const std::string shown = shown_yaml(load(load_file(kFolder + "example.yml")));
  std::ifstream file(kFolder + "example.yml");
  const std::regex key(R"(^ *(?:- )?([a-z_]+):)");
  int keys = 0;
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (!std::regex_search(line, found, key)) continue;
    ++keys;
    const std::string name = found[1].str() + ":";
    const bool is_label = shown.find("\"" + found[1].str() + "\":") != std::string::npos;
    EXPECT_TRUE(is_label || shown.find(name) != std::string::npos) << name;
  }
  EXPECT_GT(keys, 40);
}

TEST(ShownYaml, EveryDepthAndOddTextsReadBack) {
  expect_round_trip(load(load_text(R"(
modules:
  a: {depth: tcp}
  b: {depth: negotiate, require_nla: true, cookie: ""}
  c: {depth: nla, require_nla: true, audit: {interval: 36h}, diagnosis: {experiments: 0}}
  d: {depth: licensing, require_tls: false, tls: {min_version: TLS13}}
inventory:
  - {group: "say \"no\": [x] # \\", labels: {note: "\u00e4 # {"}, targets: ["2001:db8::1", {target: a, labels: {x: ""}}]}
global: {probe_interval: 90s, max_backoff: 0s, resolver: {nameservers: ["192.0.2.1:53"]}}
web: {probe: {allow: ["10.0.0.0/8", "*.corp.example.com:3390"]}}
)",
                                   "/etc/rdpwatch.yml")));
}

TEST(ShownYaml, DefaultsAreWrittenOut) {
  const std::string shown = shown_yaml(load(load_file(kFolder + "minimal.yml")));
  EXPECT_THAT(shown, HasSubstr("  probe_interval: 1m\n"));
  EXPECT_THAT(shown, HasSubstr("# Built in: licensing, negotiate, nla, tcp, tls\nmodules: {}\n"));
  EXPECT_THAT(shown, HasSubstr("  - group: \"rdsh\"\n    module: \"tls\"\n"));
  EXPECT_THAT(shown, HasSubstr("      - target: \"ts01.corp.example.com:3389\"\n"));
}

TEST(ShownYaml, FilesAreShownByTheirPathsAlone) {
  const std::string shown = shown_yaml(load(load_file(kFolder + "example.yml")));
  EXPECT_THAT(shown, HasSubstr("ca_file: \"" + kFolder + "example-ca.pem\""));
  std::ifstream file(kFolder + "example-ca.pem");
  std::string line;
  int lines = 0;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    ++lines;
    EXPECT_THAT(shown, Not(HasSubstr(line)));
  }
  EXPECT_GT(lines, 5);
}

}  // namespace
}  // namespace rdpwatch::config
