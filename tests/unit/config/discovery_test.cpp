#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class Discovery : public testing::Test {
 protected:
  DiscoveredTargets load(const std::string& name, const std::string& content) {
    return load_discovery_file(dir_.write(name, content));
  }
  static std::vector<std::string> names(const DiscoveredTargets& discovered) {
    std::vector<std::string> names;
    for (const TargetSettings& target : discovered.targets) names.push_back(target_name(target));
    return names;
  }
  /// The messages without the folder.
  std::vector<std::string> faults(const DiscoveredTargets& discovered) {
    std::vector<std::string> all = messages(discovered.errors);
    for (std::string& message : all) message = message.substr(dir_.path("").size());
    return all;
  }

  test::TempDir dir_;
};

TEST_F(Discovery, reads_yaml) {
  const DiscoveredTargets found =
      load("a.yml", "- targets: [ts01, 'ts02:3390']\n  labels: {site: fra1}\n- targets:\n  - TS03.\n");
  EXPECT_THAT(faults(found), IsEmpty());
  EXPECT_THAT(names(found), ElementsAre("ts01:3389", "ts02:3390", "ts03:3389"));
  EXPECT_THAT(found.targets[1].labels, ElementsAre(Pair("site", "fra1")));
  EXPECT_TRUE(found.targets[2].labels.empty());
  EXPECT_EQ(found.targets[1].where.line, 1);
  EXPECT_EQ(found.targets[1].where.column, 19);
}

TEST_F(Discovery, reads_json_in_every_layout) {
  const std::string expected = "ts01:3389";
  for (const char* text : {
           R"([{"targets":["ts01"],"labels":{"site":"fra1","note":"a\/b \u00e9 \ud83d\udda5 \\ud83d"}}])",
           "[\n\t{\n\t\t\"targets\": [\n\t\t\t\"ts01\"\n\t\t],\n\t\t\"labels\": {\"site\": \"fra1\",\n"
           "\t\t\"note\": \"a/b \\u00E9 \\uD83D\\uDDA5 \\\\ud83d\"}\n\t}\n]\n",
       }) {
    const DiscoveredTargets found = load("a.json", text);
    EXPECT_THAT(faults(found), IsEmpty());
    EXPECT_THAT(names(found), ElementsAre(expected));
    ASSERT_EQ(found.targets.size(), 1u);
    EXPECT_THAT(found.targets[0].labels,
                ElementsAre(Pair("note", "a/b \xC3\xA9 \xF0\x9F\x96\xA5 \\ud83d"), Pair("site", "fra1")));
  }
}

TEST_F(Discovery, labels_for_relabelling_are_dropped) {
  const DiscoveredTargets found = load(
      "a.json",
      R"([{"targets": ["ts01"], "labels": {"__meta_url": "x", "__address__": "y", "__": "z", "site": "a"}}])");
  EXPECT_THAT(faults(found), IsEmpty());
  EXPECT_THAT(found.targets[0].labels, ElementsAre(Pair("site", "a")));
}

TEST_F(Discovery, empty_list_absent_and_null_labels_are_good) {
  EXPECT_THAT(faults(load("a.json", "[]")), IsEmpty());
  EXPECT_THAT(faults(load("a.json", R"([{"targets": [], "labels": null}])")), IsEmpty());
}

TEST_F(Discovery, all_errors_are_named_and_then_there_are_no_targets) {
  const DiscoveredTargets found = load("a.yml", R"(- targets: [ts01, "ts01:x", [a]]
  labels: {site-a: x, target: y}
- labels: {}
- targets: ts02
- ts03
- {targets: [], lables: {}}
- ~
)");
  EXPECT_THAT(found.targets, IsEmpty());
  EXPECT_THAT(
      faults(found),
      ElementsAre(
          "a.yml:1:19: target 'ts01:x': the port is not a number from 1 to 65535, allowed: host, host:port, "
          "an IP "
          "address or [IPv6]:port",
          "a.yml:1:29: entry 0.targets[2]: must be host, host:port, an IP address or [IPv6]:port, not a list",
          "a.yml:2:12: entry 0.labels: 'site-a' is not a label name, allowed: letters, digits and _, not a "
          "digit "
          "first, at most 128 characters",
          "a.yml:2:23: entry 0.labels: 'target' is a label that Prometheus or rdpwatch sets itself, allowed: "
          "any "
          "name that is in none of their series",
          "a.yml:3:3: entry 1: the key targets is missing, allowed: {targets: [...], labels: {...}}",
          "a.yml:4:12: entry 2.targets: must be a list of targets, not 'ts02'",
          "a.yml:5:3: entry 3: must be a mapping with the keys targets, labels, not 'ts03'",
          "a.yml:6:17: entry 4: unknown key 'lables' (did you mean 'labels'?), allowed: targets, labels",
          "a.yml:7:3: entry 5: must be a mapping with the keys targets, labels, not an empty value"));
}

TEST_F(Discovery, empty_cut_off_and_wrong_files_are_errors) {
  EXPECT_THAT(
      faults(load("a.json", "")),
      ElementsAre(
          "a.json:1:1: the file is empty, allowed: a list of {targets: [...], labels: {...}}, or [] for no "
          "targets"));
  EXPECT_THAT(faults(load("a.json", R"([{"targets": ["ts01", "ts)")),
              ElementsAre("a.json:1:26: YAML syntax: illegal EOF in scalar"));
  EXPECT_THAT(
      faults(load("a.json", R"({"targets": ["ts01"]})")),
      ElementsAre("a.json:1:1: the file: must be a list of {targets: [...], labels: {...}}, not a mapping"));
  const std::string missing = dir_.path("missing.yml");
  EXPECT_THAT(messages(load_discovery_file(missing).errors),
              ElementsAre(missing + ":0:0: cannot be read: No such file or directory"));
}

}  // namespace
}  // namespace rdpwatch::config
