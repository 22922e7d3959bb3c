#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <regex>
#include <string>

#include "daemon/pages/embedded_files.hpp"
#include "daemon/pages/template.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

/// What the layout needs, and the fault page's own values.
json::object fault_model(const std::string& what) {
  json::object model{{"page_title", "T"}, {"root", "./"}, {"version", "1.2.3"}, {"fault_what", what}};
  return model;
}

TEST(Templates, NoneAsksForAnUnescapedValue) {
  for (const auto& file : embedded_files()) {
    EXPECT_THAT(std::string(file.text), Not(HasSubstr("{{{"))) << file.name;
    EXPECT_THAT(std::string(file.text), Not(HasSubstr("{{&"))) << file.name;
    EXPECT_THAT(std::string(file.text), Not(HasSubstr("{{ &"))) << file.name;
  }
}

TEST(Templates, NoneHasWhatTheContentSecurityPolicyForbids) {
  const std::regex forbidden(R"((\sstyle=|\son[a-z]+=|<style|javascript:|href="https?:|src="https?:|<script>))");
  for (const auto& file : embedded_files()) {
    if (!file.name.starts_with("templates/")) continue;
    EXPECT_FALSE(std::regex_search(std::string(file.text), forbidden)) << file.name;
  }
}

TEST(Templates, AttributesAreQuoted) {
  const std::regex unquoted(R"(=\{\{)");
  for (const auto& file : embedded_files()) {
    if (!file.name.starts_with("templates/")) continue;
    EXPECT_FALSE(std::regex_search(std::string(file.text), unquoted)) << file.name;
  }
}

TEST(Templates, EveryPartThatIsIncludedIsThere) {
  const std::regex include(R"(\{\{> ?([^}]+)\}\})");
  for (const auto& file : embedded_files()) {
    const std::string text(file.text);
    for (std::sregex_iterator found(text.begin(), text.end(), include), end; found != end; ++found) {
      if ((*found)[1] == "part-content") continue;
      const std::string wanted = "templates/" + (*found)[1].str() + ".html";
      EXPECT_TRUE(std::any_of(embedded_files().begin(), embedded_files().end(),
                              [&wanted](const auto& other) { return other.name == wanted; }))
          << file.name << " includes " << wanted;
    }
  }
}

TEST(RenderPage, EscapesWhatItIsGiven) {
  const auto html = render_page("fault", fault_model("<script>alert(\"1\")</script>{{version}} & 'x'\xFF\x1B[2J"));
  EXPECT_THAT(html, HasSubstr("<p class=\"banner warn\">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"
                              "{{version}} &amp; &#39;x&#39;\xEF\xBF\xBD\xEF\xBF\xBD[2J</p>"));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
}

TEST(RenderPage, NumbersArePlainAndListsAreRepeated) {
  auto model = fault_model("x");
  model["version"] = 0.25;
  model["fault_lists"] = true;
  model["fault_allowed"] = json::array{"a", 7, -3, 1.5};
  const auto html = render_page("fault", model);
  EXPECT_THAT(html, HasSubstr("<small>0.25</small>"));
  EXPECT_THAT(html, HasSubstr("<li><code>a</code></li>\n<li><code>7</code></li>\n<li><code>-3</code></li>\n"
                              "<li><code>1.5</code></li>\n"));
}

TEST(RenderPage, WhatIsFalseNullOrAbsentIsLeftOut) {
  auto model = fault_model("x");
  model["fault_lists"] = nullptr;
  EXPECT_THAT(render_page("fault", model), Not(HasSubstr("Allowed:")));
  model["fault_lists"] = false;
  EXPECT_THAT(render_page("fault", model), Not(HasSubstr("Allowed:")));
  model["fault_lists"] = true;
  EXPECT_THAT(render_page("fault", model), HasSubstr("Allowed:"));
}

TEST(RenderPage, ATemplateThatIsNotThereIsAnErrorOfOurs) {
  EXPECT_THROW(render_page("nothing", fault_model("x")), std::logic_error);
}

TEST(EscapeHtml, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(escape_html("<a href=\"x\" title='y'>&\xFF"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\xEF\xBF\xBD");
}

}  // namespace
}  // namespace rdpwatch::pages
