#include "daemon/maintenance/matcher.hpp"

#include <gtest/gtest.h>

#include "config/maintenance_match.hpp"

namespace rdpwatch::maintenance {
namespace {

inventory::Target host(const std::string& name, const std::string& group = "rdsh",
                       config::Labels labels = {}) {
  inventory::Target target;
  target.name = name;
  target.group = group;
  target.labels = std::move(labels);
  return target;
}

bool matched(const std::vector<std::string>& texts, const inventory::Target& target) {
  std::string why;
  const auto match = config::parse_match(texts, why);
  EXPECT_TRUE(match) << why;
  return match && covers(*match, target);
}

TEST(FitsGlob, StarsAndQuestionMarks) {
  for (const char* const glob : {"*", "ts01", "ts*", "*01", "t*0*", "ts0?", "????", "**", "t*s*0*1*"})
    EXPECT_TRUE(fits_glob(glob, "ts01")) << glob;
  for (const char* const glob : {"", "ts0", "ts01?", "?", "*2", "s*", "ts01*1", "[t]s01"})
    EXPECT_FALSE(fits_glob(glob, "ts01")) << glob;
  EXPECT_TRUE(fits_glob("", ""));
  EXPECT_TRUE(fits_glob("*", ""));
  EXPECT_FALSE(fits_glob("?", ""));
}

TEST(FitsGlob, ManyStarsTakeNoLongTime) {
  const std::string text(500, 'a');
  std::string glob;
  for (int i = 0; i < 200; ++i) glob += "a*";
  EXPECT_FALSE(fits_glob(glob + "b", text));
}

TEST(Covers, OfOneKindAnyEntryOfAllKindsOne) {
  const auto target = host("ts01.corp.example.com:3389", "rdsh", {{"site", "fra1"}, {"team", "euc"}});
  EXPECT_TRUE(matched({"group=rdsh"}, target));
  EXPECT_TRUE(matched({"group=other", "group=rdsh"}, target));
  EXPECT_FALSE(matched({"group=other"}, target));
  EXPECT_TRUE(matched({"site=ams1", "site=fra1", "team=euc"}, target));
  EXPECT_FALSE(matched({"site=fra1", "team=vdi"}, target));
  EXPECT_FALSE(matched({"group=rdsh", "site=ams1"}, target));
  EXPECT_TRUE(matched({"group=rdsh", "site=fra1", "target=ts0*"}, target));
}

TEST(Covers, ALabelThatATargetDoesNotHaveFitsNothing) {
  EXPECT_FALSE(matched({"site=fra1"}, host("a:3389")));
}

TEST(Covers, AGlobIsOfTheNameWithOrWithoutItsPort) {
  const auto target = host("ts01.corp.example.com:3390");
  for (const char* const glob : {"target=ts01.corp.example.com", "target=TS01.Corp.example.com:3390",
                                 "target=*.corp.example.com", "target=*:3390", "target=*"})
    EXPECT_TRUE(matched({glob}, target)) << glob;
  for (const char* const glob : {"target=ts01", "target=ts01.corp.example.com:3389", "target=*.com:33"})
    EXPECT_FALSE(matched({glob}, target)) << glob;
  EXPECT_TRUE(matched({"target=[2001:db8::12]"}, host("[2001:db8::12]:3389")));
}

TEST(Covers, AllIsAll) {
  config::MatchSettings match;
  match.all = true;
  EXPECT_TRUE(covers(match, host("a:3389", "whatever")));
}

TEST(ParseMatch, SaysWhatIsWrongAndWhatIsAllowed) {
  const std::string forms = "group=NAME, target=GLOB (with * and ?) or label=value";
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{}, "a maintenance needs 1 to 1000 matches, allowed: " + forms},
      {{"fra1"}, "'fra1' says not what to cover, allowed: " + forms},
      {{"=fra1"}, "'=fra1' says not what to cover, allowed: " + forms},
      {{"site="}, "'site=' says not what to cover, allowed: " + forms},
      {{"site=fra1", "si te=x"}, "'si te=x' says not what to cover, allowed: " + forms},
      {{"site=a\nb"}, "'site=a\\x0ab' says not what to cover, allowed: " + forms}};
  for (const auto& [texts, expected] : wrong) {
    std::string why;
    EXPECT_FALSE(config::parse_match(texts, why));
    EXPECT_EQ(why, expected);
  }
}

TEST(MatchText, IsWhatWasMeant) {
  std::string why;
  const auto match = config::parse_match({"site=fra1", "group=b", "target=TS*", "group=a"}, why);
  ASSERT_TRUE(match) << why;
  EXPECT_EQ(config::match_text(*match), "group=b, group=a, target=ts*, site=fra1");
}

}  // namespace
}  // namespace rdpwatch::maintenance
