#include "daemon/metrics/group_exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/metrics/fleet.hpp"

namespace rdpwatch::metrics {
namespace {

using test::at;
using test::run;
using testing::HasSubstr;

std::string expose_groups(const fleet::ResultStore& store) {
  GroupExposition exposition(store.groups());
  std::string text;
  for (auto piece = exposition.next(); !piece.empty(); piece = exposition.next()) text.append(piece);
  return text;
}

TEST(GroupExposition, TargetsByStateWithEveryStateFromZero) {
  fleet::ResultStore store;
  store.put_endpoint({"a", ""}, test::target("a"), at(1));
  store.put_endpoint({"b", ""}, test::target("b"), at(1));
  store.record({"a", ""}, run(test::success(), 2));
  EXPECT_TRUE(expose_groups(store).starts_with(R"(# HELP rdp_group_targets Endpoints of the group by state.
# TYPE rdp_group_targets gauge
rdp_group_targets{group="rdsh",state="up"} 1
rdp_group_targets{group="rdsh",state="down"} 0
rdp_group_targets{group="rdsh",state="flapping"} 0
rdp_group_targets{group="rdsh",state="unknown"} 1
rdp_group_targets{group="rdsh",state="maintenance"} 0
)"));
}

TEST(GroupExposition, FailuresExistFromZeroForEveryPairOfTheTables) {
  fleet::ResultStore store;
  store.put_endpoint({"a", ""}, test::target("a"), at(1));
  store.record({"a", ""}, run(test::reset_in_tls(), 2));
  const auto text = expose_groups(store);
  EXPECT_THAT(text, HasSubstr(R"(# TYPE rdp_group_probe_failures_total counter
rdp_group_probe_failures_total{group="rdsh",phase="resolve",reason="name_not_found"} 0
rdp_group_probe_failures_total{group="rdsh",phase="resolve",reason="resolver_failed"} 0
rdp_group_probe_failures_total{group="rdsh",phase="resolve",reason="timeout"} 0
rdp_group_probe_failures_total{group="rdsh",phase="connect",reason="timeout"} 0
)"));
  EXPECT_THAT(text, HasSubstr("{group=\"rdsh\",phase=\"tls\",reason=\"connection_reset\"} 1\n"));
  std::size_t pairs = 0;
  for (const auto phase : fleet::kGroupPhases) {
    for (const auto& reason : handshake::kReasons) {
      const auto pair = "phase=\"" + std::string(handshake::name(phase)) + "\",reason=\"" +
                        std::string(reason.name) + "\"}";
      const bool expected =
          handshake::can_occur(reason.reason, phase) && reason.category != handshake::Category::local;
      EXPECT_EQ(text.find(pair) != std::string::npos, expected) << pair;
      pairs += expected ? 1 : 0;
    }
  }
  EXPECT_EQ(pairs, 81u);
}

TEST(GroupExposition, DurationsAreAHistogram) {
  fleet::ResultStore store;
  store.put_endpoint({"a", ""}, test::target("a"), at(1));
  store.record({"a", ""}, run(test::success(), 2));
  EXPECT_THAT(expose_groups(store), HasSubstr(R"(
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.001"} 0
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.0025"} 0
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.005"} 0
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.01"} 0
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.025"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.05"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.1"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.25"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="0.5"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="1"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="2.5"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="5"} 1
rdp_group_phase_duration_seconds_bucket{group="rdsh",phase="connect",le="+Inf"} 1
rdp_group_phase_duration_seconds_sum{group="rdsh",phase="connect"} 0.011
rdp_group_phase_duration_seconds_count{group="rdsh",phase="connect"} 1
)"));
}

TEST(GroupExposition, NoGroupsNoText) {
  EXPECT_EQ(expose_groups(fleet::ResultStore()), "");
}

TEST(GroupExposition, ManyGroupsComeInPieces) {
  fleet::ResultStore store;
  for (int i = 0; i < 100; ++i) {
    inventory::Target target(*test::target("h" + std::to_string(i)));
    target.group = "g" + std::to_string(i);
    store.put_endpoint({target.name, ""}, std::make_shared<const inventory::Target>(target), at(1));
  }
  GroupExposition exposition(store.groups());
  std::size_t pieces = 0;
  std::size_t types = 0;
  for (auto piece = exposition.next(); !piece.empty(); piece = exposition.next()) {
    EXPECT_LT(piece.size(), 80u * 1024);
    std::istringstream lines{std::string(piece)};
    for (std::string line; std::getline(lines, line);) types += line.starts_with("# TYPE") ? 1 : 0;
    ++pieces;
  }
  EXPECT_GT(pieces, 5u);
  EXPECT_EQ(types, 3u);
}

}  // namespace
}  // namespace rdpwatch::metrics
