#include "daemon/api/clean_up_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::api {
namespace {

using namespace fleet::test;
using testing::HasSubstr;

constexpr std::int64_t kDayLength = 86400;

std::vector<fleet::StatePtr> fleet_to_clean_up() {
  auto gone = up("old.corp.example.com:3389");
  gone.last_success = at(kDayLength);
  gone.name_missing_since = at(2 * kDayLength);
  auto never = never_up("ts99:3389", 600);
  never.first_seen = at(500);
  never.last_success.reset();
  return fleet_of({up("ts01:3389"), gone, never});
}

std::string cleaned_up(const std::vector<http::QueryParameter>& parameters, const std::string& accept = "") {
  auto response = clean_up_answer(fleet_to_clean_up(), parameters, accept, at(10 * kDayLength));
  if (!response.stream) return response.body;
  std::string out;
  for (auto piece = response.stream->next(); !piece.empty(); piece = response.stream->next())
    out.append(piece);
  return out;
}

TEST(CleanUpAnswer, AsJsonTheLongestFirst) {
  EXPECT_EQ(cleaned_up({}),
            R"({"schema":"rdpwatch.clean_up/1","total":2,"targets":[)"
            R"({"id":"ts99~3a3389","target":"ts99:3389","group":"a","source":"","reason":"never_up",)"
            R"("since":"1970-01-01T00:08:20Z"},)"
            R"({"id":"old.corp.example.com~3a3389","target":"old.corp.example.com:3389","group":"a",)"
            R"("source":"","reason":"name_not_found","since":"1970-01-03T00:00:00Z",)"
            R"("last_success":"1970-01-02T00:00:00Z"}]})"
            "\n");
}

TEST(CleanUpAnswer, AsCsvByParameterOrByAccept) {
  const std::string csv =
      "id,target,expanded_address,group,source,reason,since,last_success\r\n"
      "ts99~3a3389,ts99:3389,,a,,never_up,1970-01-01T00:08:20Z,\r\n"
      "old.corp.example.com~3a3389,old.corp.example.com:3389,,a,,name_not_found,1970-01-03T00:00:00Z,"
      "1970-01-02T00:00:00Z\r\n";
  EXPECT_EQ(cleaned_up({{"format", "csv"}}), csv);
  EXPECT_EQ(cleaned_up({}, "text/csv"), csv);
  EXPECT_THAT(cleaned_up({{"format", "json"}}, "text/csv"), HasSubstr("rdpwatch.clean_up/1"));
}

TEST(CleanUpAnswer, OtherParametersAreFaults) {
  EXPECT_EQ(cleaned_up({{"format", "xml"}}),
            "{\"error\":\"there is no format 'xml'\",\"allowed\":[\"format=json\",\"format=csv\"]}\n");
  EXPECT_THAT(cleaned_up({{"page", "2"}}), HasSubstr("there is no parameter 'page'"));
}

}  // namespace
}  // namespace rdpwatch::api
