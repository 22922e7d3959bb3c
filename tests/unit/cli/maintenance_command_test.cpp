#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/runner.hpp"

namespace rdpwatch::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What goes to standard error; the exit code is 3 and nothing is asked of any daemon.
std::string maintenance_mistake(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "maintenance");
  const Ran ran = run_line(arguments);
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out, "");
  return ran.err;
}

TEST(MaintenanceCommand, start_needs_what_why_and_how_long) {
  EXPECT_THAT(
      maintenance_mistake({"start", "--for=2h", "--reason=r"}),
      StartsWith("rdpwatch maintenance: --match is missing, allowed: group=NAME, target=GLOB (with * and "
                 "?) or label=value; may be repeated\nsee rdpwatch maintenance --help\n"));
  EXPECT_THAT(
      maintenance_mistake({"start", "--match=site=fra1", "--reason=r"}),
      StartsWith("rdpwatch maintenance: --for is missing, allowed: a duration from 1m to 30d, such as 2h\n"));
  EXPECT_THAT(
      maintenance_mistake({"start", "--match=site=fra1", "--for=2h"}),
      StartsWith("rdpwatch maintenance: --reason is missing, allowed: a text for those who wonder\n"));
  EXPECT_THAT(maintenance_mistake({"start", "--match=site=fra1", "--for=31d", "--reason=r"}),
              HasSubstr("\"31d\" is no duration that can be used, allowed: 1m to 30d, for example"));
}

TEST(MaintenanceCommand, end_needs_an_id_and_the_others_take_none) {
  EXPECT_THAT(
      maintenance_mistake({"end"}),
      StartsWith("rdpwatch maintenance: the ID is missing, allowed: one that `rdpwatch maintenance list` "
                 "shows\n"));
  EXPECT_THAT(maintenance_mistake({"list", "m1"}), StartsWith("rdpwatch maintenance: list takes no ID\n"));
  EXPECT_THAT(maintenance_mistake({"start", "m1", "--match=a=b", "--for=2h", "--reason=r"}),
              StartsWith("rdpwatch maintenance: start takes no ID; the daemon gives one\n"));
  EXPECT_THAT(
      maintenance_mistake({"end", "m1", "--for=2h"}),
      HasSubstr("--match, --for, --reason and --allow-empty are flags of `rdpwatch maintenance start`"));
}

TEST(MaintenanceCommand, other_actions_are_refused) {
  EXPECT_THAT(maintenance_mistake({"begin"}), HasSubstr("start, list, end"));
}

TEST(MaintenanceCommand, a_daemon_that_is_not_there) {
  EXPECT_THAT(maintenance_mistake({"list", "--url=http://127.0.0.1:1"}),
              HasSubstr("nothing listens at http://127.0.0.1:1; is `rdpwatch serve` running there?"));
}

}  // namespace
}  // namespace rdpwatch::cli
