#include "daemon/pages/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pages/assets.hpp"
#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::pages {
namespace {

using fleet::test::at;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::int64_t kNow = 1764000000;  // 2025-11-24T16:00:00Z

http::Response answer_at(const std::string& path) {
  return html_answer(fault_page(404, "no such page", {"/targets"}), {"1.2.3", at(kNow)}, path);
}

TEST(HtmlAnswer, HasAStrictPolicyAndIsNotKept) {
  const auto response = answer_at("/nothing");
  EXPECT_EQ(response.status, 404u);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(
      response.headers,
      UnorderedElementsAre(
          Pair("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
          Pair("Referrer-Policy", "same-origin"), Pair("X-Content-Type-Options", "nosniff"),
          Pair("Cache-Control", "no-store")));
  EXPECT_THAT(response.body, HasSubstr("<title>Not found · rdpwatch</title>"));
  EXPECT_THAT(response.body, HasSubstr("<p class=\"banner warn\">no such page</p>"));
  EXPECT_THAT(response.body, HasSubstr("<li><code>/targets</code></li>"));
  EXPECT_THAT(response.body, HasSubstr("<time datetime=\"2025-11-24T16:00:00Z\">2025-11-24 16:00:00 UTC</time>"));
}

TEST(HtmlAnswer, LinksAreRelativeToThePage) {
  EXPECT_THAT(answer_at("/").body, HasSubstr("<a href=\"./targets\">Targets</a>"));
  EXPECT_THAT(answer_at("/targets").body, HasSubstr("<a href=\"./targets\">Targets</a>"));
  EXPECT_THAT(answer_at("/targets/ts01").body, HasSubstr("<a href=\"../targets\">Targets</a>"));
  EXPECT_THAT(answer_at("/targets/ts01/probe").body, HasSubstr("<a href=\"../../targets\">Targets</a>"));
}

TEST(HtmlAnswer, TheNavigationSaysWhereOneIs) {
  Page page = fault_page(400, "x");
  page.section = "groups";
  const auto html = html_answer(std::move(page), {"1.2.3", at(kNow)}, "/groups").body;
  EXPECT_THAT(html, HasSubstr("<a href=\"./groups\" aria-current=\"page\">Groups</a>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"./targets\">Targets</a>"));
}

TEST(EncodeQuery, KeepsOnlyWhatNeedsNoEncoding) {
  EXPECT_EQ(encode_query({}), "");
  EXPECT_EQ(encode_query({{"site", "fra 1&x=\"<"}, {"label.a", "ü"}}), "site=fra%201%26x%3D%22%3C&label.a=%C3%BC");
}

TEST(ForHowLong, IsInTheUnitThatFits) {
  EXPECT_EQ(for_how_long(at(kNow), at(kNow - 5)), "less than a minute");
  EXPECT_EQ(for_how_long(at(kNow), at(kNow + 59)), "less than a minute");
  EXPECT_EQ(for_how_long(at(kNow), at(kNow + 60)), "1 min");
  EXPECT_EQ(for_how_long(at(kNow), at(kNow + 3 * 3600 + 12 * 60)), "3 h 12 min");
  EXPECT_EQ(for_how_long(at(kNow), at(kNow + 47 * 3600 + 59 * 60)), "47 h 59 min");
  EXPECT_EQ(for_how_long(at(kNow), at(kNow + 48 * 3600)), "2 days");
}

TEST(Assets, HaveTheirTypeAndMayBeKept) {
  const auto style = asset_answer("/assets/rdpwatch.css");
  EXPECT_EQ(style.status, 200u);
  EXPECT_EQ(style.content_type, "text/css; charset=utf-8");
  EXPECT_THAT(style.headers, testing::Contains(Pair("Cache-Control", "public, max-age=31536000")));
  EXPECT_EQ(asset_answer("/assets/rdpwatch.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(asset_answer("/assets/icon.svg").content_type, "image/svg+xml");
}

TEST(Assets, NothingElseIsServed) {
  for (const auto* const path : {"/assets/", "/assets/none.css", "/templates/layout.html",
                                 "/assets/../templates/layout.html", "/assets/%2e%2e/templates/layout.html"}) {
    EXPECT_EQ(asset_answer(path).status, 404u) << path;
  }
}

TEST(Assets, ThePagesAskForTheVersionThatIsThere) {
  EXPECT_THAT(answer_at("/").body, HasSubstr("href=\"./assets/rdpwatch.css?v=" + asset_version() + "\""));
}

}  // namespace
}  // namespace rdpwatch::pages
