#include "daemon/pages/config_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/results.hpp"

namespace rdpwatch::pages {
namespace {

using fleet::test::at;
using testing::HasSubstr;
using testing::Not;

metrics::SelfStatus config_self() {
  metrics::SelfStatus status;
  status.targets_by_source = {{"file_sd", 3}, {"static", 0}};
  return status;
}

Page config_shown(const Configuration& configuration, Parameters parameters = {}) {
  return std::get<Page>(config_page(configuration, config_self(), at(1000), std::move(parameters)));
}

std::string config_html(const Configuration& configuration) {
  return html_answer(config_shown(configuration), {"1", at(1000)}, "/config").body;
}

TEST(ConfigPage, WhatIsInForce) {
  ConfigurationBoard board;
  board.set_flags({{"--web.listen-address", "127.0.0.1:9839"}});
  board.loaded("global:\n  labels: {\"a\": \"<b>\"}\n", "/etc/rdpwatch/rdpwatch.yml", at(400));
  board.set_held({{"rdsh<1>", 20, 50}});
  const std::string shown = config_html(board.get());
  EXPECT_THAT(shown, HasSubstr("labels: {&quot;a&quot;: &quot;&lt;b&gt;&quot;}\n</pre>"));
  EXPECT_THAT(shown, HasSubstr("<code>/etc/rdpwatch/rdpwatch.yml</code>"));
  EXPECT_THAT(shown, HasSubstr("1970-01-01 00:06:40 UTC</time>, 10 min ago"));
  EXPECT_THAT(shown, HasSubstr("<dt>Targets from file_sd</dt><dd>3</dd>"));
  EXPECT_THAT(shown, HasSubstr("<dt>Targets from static</dt><dd>0</dd>"));
  EXPECT_THAT(shown, HasSubstr("<td data-title=\"Group\">rdsh&lt;1&gt;</td>"));
  EXPECT_THAT(shown,
              HasSubstr("<code>--web.listen-address</code></td><td data-title=\"Value\">127.0.0.1:9839"));
  EXPECT_THAT(shown, Not(HasSubstr("reload failed")));
}

TEST(ConfigPage, TheErrorsOfAFailedReloadUntilAGoodOne) {
  ConfigurationBoard board;
  board.loaded("global:\n", "f.yml", at(400));
  board.reload_failed("f.yml:3:1: unknown key <x>\n", at(700));
  EXPECT_THAT(config_html(board.get()), HasSubstr("The last reload failed 5 min ago"));
  EXPECT_THAT(config_html(board.get()), HasSubstr("f.yml:3:1: unknown key &lt;x&gt;"));
  board.loaded("global:\n", "f.yml", at(800));
  EXPECT_THAT(config_html(board.get()), Not(HasSubstr("unknown key")));
}

TEST(ConfigPage, TheErrorsThatAreKeptAreBounded) {
  ConfigurationBoard board;
  std::string errors;
  while (errors.size() < 3 * kKeptErrors) errors += "f.yml:1:1: wrong\n";
  board.reload_failed(errors, at(700));
  const auto kept = board.get().reload_error;
  EXPECT_LE(kept.size(), kKeptErrors);
  EXPECT_TRUE(kept.ends_with("wrong\n"));
}

TEST(ConfigPage, ALongOneIsCutOnThePageAndWholeAsText) {
  Configuration configuration;
  while (configuration.yaml.size() <= kShownYaml) configuration.yaml += "- \"ts\xC3\xA4\"\n";
  EXPECT_THAT(config_html(configuration), HasSubstr("the page shows only the beginning"));
  auto made = config_page(configuration, config_self(), at(1000), {{"format", "yaml"}});
  const auto& text = std::get<http::Response>(made);
  EXPECT_EQ(text.body, configuration.yaml);
  EXPECT_EQ(text.content_type, "text/plain; charset=utf-8");
}

TEST(ConfigPage, NothingInForceYetAndParametersThatAreNotKnown) {
  EXPECT_THAT(config_html({}), HasSubstr("No configuration is in force yet."));
  EXPECT_EQ(config_shown({}, {{"format", "json"}}).status, 400u);
  EXPECT_EQ(config_shown({}, {{"x", "1"}}).status, 400u);
}

}  // namespace
}  // namespace rdpwatch::pages
