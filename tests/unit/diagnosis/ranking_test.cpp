#include "probes/diagnosis/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::diagnosis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> rows(Ranking& ranking) {
  std::vector<std::string> out;
  for (const auto& cause : ranking.take())
    out.push_back(std::string(name(cause.likelihood)) + " " + std::string(cause.id));
  return out;
}

TEST(ranking, by_likelihood_then_in_the_order_of_adding) {
  Ranking ranking;
  ranking.add("a", Likelihood::possible);
  ranking.add("b", Likelihood::likely);
  ranking.add("c", Likelihood::decisive);
  ranking.add("d", Likelihood::likely);
  ranking.add("e", Likelihood::possible);
  EXPECT_THAT(rows(ranking), ElementsAre("decisive c", "likely b", "likely d", "possible a", "possible e"));
}

TEST(ranking, a_cause_stands_once_with_the_stronger_likelihood) {
  Ranking ranking;
  ranking.add("a", Likelihood::likely).because("one");
  ranking.add("b", Likelihood::likely);
  ranking.add("a", Likelihood::possible).because("two").but("three");
  auto causes = ranking.take();
  ASSERT_EQ(causes.size(), 2U);
  EXPECT_EQ(causes.front().id, "a");
  EXPECT_EQ(causes.front().likelihood, Likelihood::likely) << "a weaker word takes nothing back";
  EXPECT_THAT(causes.front().evidence, ElementsAre("one", "two"));
  EXPECT_THAT(causes.front().against, ElementsAre("three"));
}

TEST(ranking, a_stronger_word_moves_a_cause_up) {
  Ranking ranking;
  ranking.add("a", Likelihood::likely);
  ranking.add("b", Likelihood::possible);
  ranking.add("b", Likelihood::decisive);
  EXPECT_THAT(rows(ranking), ElementsAre("decisive b", "likely a"));
}

TEST(ranking, references_stay_valid_while_it_grows) {
  Ranking ranking;
  RankedCause& first = ranking.add("first", Likelihood::decisive);
  const std::vector<std::string> ids{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
  for (const auto& id : ids) ranking.add(id, Likelihood::possible);
  first.because("still there");
  EXPECT_THAT(ranking.take().front().evidence, ElementsAre("still there"));
}

TEST(ranking, knows_what_it_has_and_is_empty_once_taken) {
  Ranking ranking;
  EXPECT_TRUE(ranking.empty());
  ranking.add("a", Likelihood::likely);
  EXPECT_TRUE(ranking.has("a"));
  EXPECT_FALSE(ranking.has("b"));
  ranking.take();
  EXPECT_TRUE(ranking.empty());
  EXPECT_FALSE(ranking.has("a"));
  EXPECT_THAT(ranking.take(), IsEmpty());
}

TEST(likelihood, has_a_word_each) {
  EXPECT_EQ(name(Likelihood::decisive), "decisive");
  EXPECT_EQ(name(Likelihood::likely), "likely");
  EXPECT_EQ(name(Likelihood::possible), "possible");
}

}  // namespace
}  // namespace rdpwatch::diagnosis
