#include "daemon/metrics/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "daemon/metrics/group_exposition.hpp"
#include "daemon/metrics/self_metrics.hpp"
#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using testing::HasSubstr;

std::set<std::string> split(std::string_view words) {
  std::istringstream in{std::string(words)};
  return {std::istream_iterator<std::string>(in), std::istream_iterator<std::string>()};
}

/// What a text exposition says of each family: its TYPE, and the label names of all its samples.
struct Scraped {
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> help;
  std::map<std::string, std::set<std::string>> labels;
};

/// Adds the label names of a sample line; values may hold escaped quotes.
void collect_labels(const std::string& line, std::set<std::string>& labels) {
  const auto open = line.find('{');
  if (open == std::string::npos) return;
  std::string name;
  bool quoted = false;
  for (auto at = open + 1; quoted || line[at] != '}'; ++at) {
    if (quoted && line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && line[at] == '=') {
      labels.insert(std::exchange(name, {}));
    } else if (!quoted && line[at] != ',') {
      name.push_back(line[at]);
    }
  }
}

Scraped parse(const std::string& text) {
  Scraped scraped;
  std::string family;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string keyword;
    std::string name;
    words >> hash >> keyword >> name >> std::ws;
    std::string rest;
    std::getline(words, rest);
    if (keyword == "HELP") {
      scraped.help[name] = rest;
    } else if (keyword == "TYPE") {
      family = name;
      EXPECT_TRUE(scraped.types.emplace(family, rest).second) << family << " stands twice";
    } else {
      const auto sample = line.substr(0, line.find_first_of("{ "));
      EXPECT_TRUE(sample == family || sample == family + "_bucket" || sample == family + "_sum" ||
                  sample == family + "_count")
          << line;
      collect_labels(line, scraped.labels[family]);
    }
  }
  return scraped;
}

/// A fleet and a daemon that have something to say in every family.
std::string full_scrape() {
  SelfMetrics self({"v", "r", "c", "t"});
  self.set_modules({"tls"});
  self.run_skipped("still_running");
  self.set_targets({{"static", 2}});
  self.sd_refreshed("file_sd", test::kNow);
  self.storage_status({true, 1, 4096, test::kNow});
  fleet::ResultStore store;
  store.put_endpoint({"a:3389", "10.0.0.9"}, test::target("a:3389"), test::kNow);
  store.record({"a:3389", "10.0.0.9"}, test::run(test::success_with_nla(), 2));
  store.record_audit({"a:3389", "10.0.0.9"}, test::audit());
  store.put_endpoint({"b:3389", "10.0.0.8"}, test::target("b:3389"), test::kNow);
  auto failed = test::run(test::reset_in_tls(), 2);
  failed.diagnosis = test::diagnosis_of(*test::reset_in_tls().failure);
  store.record({"b:3389", "10.0.0.8"}, std::move(failed));
  self.judged(*test::judgement_with_outlier({"c:3389", "10.0.0.7"}, "fra1"));
  store.put_endpoint({"d:3389", "10.0.0.6"}, test::target("d:3389"), test::kNow - std::chrono::days(2));
  store.record({"d:3389", "10.0.0.6"}, test::run(test::reset_in_tls(), 2));
  auto options = test::options();
  options.judgement = test::judgement_with_outlier({"c:3389", "10.0.0.7"});
  store.put_endpoint({"c:3389", "10.0.0.7"}, test::target("c:3389"), test::kNow);
  std::string text = self.render();
  GroupExposition groups(store.groups());
  for (auto piece = groups.next(); !piece.empty(); piece = groups.next()) text.append(piece);
  return text + test::expose(store, options);
}

TEST(Catalogue, AScrapeIsTheCatalogue) {
  const auto scraped = parse(full_scrape());
  EXPECT_EQ(scraped.types.size(), catalogue().size());
  for (const auto& row : catalogue()) {
    const std::string name(row.name);
    ASSERT_TRUE(scraped.types.contains(name)) << name;
    EXPECT_EQ(scraped.types.at(name), metrics::name(row.type)) << name;
    EXPECT_EQ(scraped.help.at(name), row.help) << name;
    auto labels = split(row.labels);
    if (row.subject == Subject::target) labels.insert({"target", "group", "address"});
    if (row.type == MetricType::histogram) labels.insert("le");
    const auto found = scraped.labels.find(name);
    EXPECT_EQ(found == scraped.labels.end() ? std::set<std::string>() : found->second, labels) << name;
  }
}

TEST(Catalogue, RowsAreFoundByTheirEnum) {
  EXPECT_EQ(row(TargetMetric::rdp_tcp_retransmits).name, "rdp_tcp_retransmits");
  EXPECT_EQ(row(GroupMetric::rdp_group_targets).name, "rdp_group_targets");
  EXPECT_EQ(row(SelfMetric::process_threads).name, "process_threads");
}

TEST(Catalogue, EveryOptionalFamilyHasItsOwnPlaceInTheOrderOfDropping) {
  std::set<int> places;
  std::set<std::string_view> kept;
  for (const auto& row : catalogue()) {
    if (row.subject != Subject::target) continue;
    if (row.drop == 0) {
      kept.insert(row.name);
    } else {
      EXPECT_TRUE(places.insert(row.drop).second) << row.name;
    }
  }
  EXPECT_THAT(kept, testing::ElementsAre("rdp_cert_not_after_timestamp_seconds", "rdp_probe_success",
                                         "rdp_target_maintenance", "rdp_target_state"));
  EXPECT_EQ(*places.begin(), 1);
  EXPECT_EQ(*places.rbegin(), static_cast<int>(places.size()));
}

TEST(Catalogue, NamesAndHelpAreWellFormed) {
  std::set<std::string_view> names;
  for (const auto& row : catalogue()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.name.ends_with("_total"), row.type == MetricType::counter) << row.name;
    EXPECT_EQ(row.help.find_first_of("\n\\|"), std::string_view::npos) << row.name;
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
  }
}

TEST(Catalogue, ForPeople) {
  EXPECT_THAT(render_catalogue(CatalogueFormat::text), HasSubstr(R"(
rdp_cert_problem
  gauge, target, labels problem, number 24 to go at max_series
  Always 1, while the certificate last seen has the problem.
)"));
  EXPECT_THAT(
      render_catalogue(CatalogueFormat::markdown),
      HasSubstr("\n| `rdp_group_targets` | gauge | group | `group`, `state` |  | Endpoints of the group by "
                "state. |\n"));
}

TEST(Catalogue, ForPrograms) {
  const auto rows = boost::json::parse(render_catalogue(CatalogueFormat::json)).as_array();
  ASSERT_EQ(rows.size(), catalogue().size());
  EXPECT_EQ(
      boost::json::serialize(rows[1]),
      R"({"name":"rdp_target_state","type":"gauge","subject":"target","labels":["state"],"help":"Always 1; )"
      R"(the state label is the current state: up, down, flapping, unknown (before the first run) or )"
      R"(maintenance."})");
}

TEST(Catalogue, FormatsByName) {
  EXPECT_EQ(catalogue_format_by_name("text"), CatalogueFormat::text);
  EXPECT_EQ(catalogue_format_by_name("markdown"), CatalogueFormat::markdown);
  EXPECT_EQ(catalogue_format_by_name("json"), CatalogueFormat::json);
  EXPECT_EQ(catalogue_format_by_name("yaml"), std::nullopt);
}

}  // namespace
}  // namespace rdpwatch::metrics
