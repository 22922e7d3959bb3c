#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/cli/runner.hpp"

namespace rdpwatch::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ExplainCommand, known_codes_and_ids) {
  const Ran pair = run_line({"explain", "0x904", "0x7"});
  EXPECT_EQ(pair.code, 0);
  EXPECT_THAT(pair.out, StartsWith("Client code 0x904 (2308)\n"));
  EXPECT_THAT(pair.out, HasSubstr("\nExtended code 0x7 (7)\n"));
  EXPECT_EQ(run_line({"explain", "2308", "7"}).out, pair.out);
  EXPECT_EQ(run_line({"explain", "timeout"}).code, 0);
  EXPECT_EQ(run_line({"explain", "tls"}).code, 0);
}

TEST(ExplainCommand, a_cause) {
  const Ran ran = run_line({"explain", "private_key_unreadable"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out,
              StartsWith("private_key_unreadable\n  cause       The host can't use its certificate's"));
}

TEST(ExplainCommand, unknown_goes_to_standard_error_and_exits_3) {
  const Ran ran = run_line({"explain", "904"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("did you mean 0x904?"));
  EXPECT_EQ(run_line({"explain", "timeot"}).code, 3);
  EXPECT_THAT(run_line({"explain", "timeot"}).err, HasSubstr("did you mean timeout?"));
}

TEST(CheckConfig, valid) {
  const test::TempDir folder;
  const std::string file = folder.write("rdpwatch.yml", R"(
modules:
  strict: {depth: tls, fail_on: [expired]}
inventory:
  - group: a
    targets: [ts01, ts02]
  - group: b
    file_sd: [{files: [")" + folder.path("more-*.yml") + R"("]}]
)");
  folder.write("more-1.yml", "- targets: [ts03]\n");
  const Ran ran = run_line({"check-config", file});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, file + ": 3 targets in 2 groups, 6 modules\n");
}

TEST(CheckConfig, all_errors_with_their_places) {
  const test::TempDir folder;
  const std::string file =
      folder.write("bad.yml", "globl: {}\ninventory:\n  - group: a\n    targets: [\"a b\"]\n");
  const Ran ran = run_line({"check-config", file});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, StartsWith(file + ":1:1: "));
  EXPECT_THAT(ran.err, HasSubstr("\n" + file + ":4:15: "));
}

TEST(CheckConfig, file_that_is_not_there) {
  const test::TempDir folder;
  const Ran ran = run_line({"check-config", folder.path("absent.yml")});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("No such file or directory"));
}

TEST(CheckConfig, a_window_of_maintenance_that_covers_nothing_is_a_warning) {
  const test::TempDir folder;
  const std::string file = folder.write("rdpwatch.yml", R"(
inventory:
  - group: a
    labels: {site: fra1}
    targets: [ts01]
maintenance:
  - {name: one, match: {label: {site: fra1}}, weekly: {days: [mon], at: "03:00"}, duration: 1h}
  - {name: two, match: {group: a, label: {site: fra2}}, weekly: {days: [mon], at: "03:00"}, duration: 1h}
)");
  const Ran ran = run_line({"check-config", file});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.err, "warning: " + file +
                         ": the maintenance window 'two' covers no target of the inventory "
                         "(group=a, site=fra2)\n");
  EXPECT_EQ(ran.out, file + ": 1 target in 1 group, 5 modules\n");
}

TEST(CheckConfig, bad_discovery_file_is_a_warning) {
  const test::TempDir folder;
  const std::string file =
      folder.write("rdpwatch.yml",
                   "inventory:\n  - group: a\n    targets: [ts01]\n    file_sd: [{files: [\"sd.yml\"]}]\n");
  folder.write("sd.yml", "- targets: 7\n");
  const Ran ran = run_line({"check-config", file});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, file + ": 1 target in 1 group, 5 modules\n");
  EXPECT_THAT(ran.err, StartsWith("warning: "));
  EXPECT_THAT(ran.err, HasSubstr("sd.yml"));
}

TEST(PrintMetrics, formats) {
  const Ran text = run_line({"print-metrics"});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr("\nrdp_probe_success\n"));
  EXPECT_EQ(run_line({"print-metrics", "--format=text"}).out, text.out);
  EXPECT_THAT(run_line({"print-metrics", "--format=markdown"}).out, HasSubstr("`rdp_probe_success`"));
  EXPECT_NO_THROW(boost::json::parse(run_line({"print-metrics", "--format=json"}).out));
}

TEST(PrintRunbooks, writes_a_page_for_each_cause) {
  const test::TempDir folder;
  const std::string into = folder.path("new/runbooks");
  const Ran ran = run_line({"print-runbooks", into});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, into + ": 46 pages and an index\n");
  std::ifstream page(into + "/pmtu_black_hole.md");
  const std::string text{std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
  EXPECT_THAT(text, HasSubstr("\n# Large packets vanish on the path (MTU)\n"));
  EXPECT_TRUE(std::filesystem::exists(into + "/README.md"));
}

TEST(PrintRunbooks, folder_that_is_a_file) {
  const test::TempDir folder;
  const Ran ran = run_line({"print-runbooks", folder.write("file", "") + "/below"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, StartsWith("rdpwatch: "));
}

// As when standard output is a full disk.
TEST(Run, output_that_cannot_be_written_is_an_error) {
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  const char* const argv[] = {"rdpwatch", "explain", "timeout"};
  EXPECT_EQ(run(3, argv, Streams{out, err, {}, false}, [](const ServeOptions&) { return 0; }), 3);
  EXPECT_EQ(err.str(), "rdpwatch: the output can't be written\n");
}

TEST(Run, exception_of_a_command_is_a_message) {
  std::ostringstream out;
  std::ostringstream err;
  const char* const argv[] = {"rdpwatch", "serve", "--config.file=a"};
  const auto serve = [](const ServeOptions&) -> int { throw std::runtime_error("no\nluck"); };
  EXPECT_EQ(run(3, argv, Streams{out, err, {}, false}, serve), 3);
  EXPECT_EQ(err.str(), "rdpwatch: no luck\n");
}

}  // namespace
}  // namespace rdpwatch::cli
