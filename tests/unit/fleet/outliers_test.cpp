#include "daemon/fleet/outliers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/unit/fleet/states.hpp"

namespace rdpwatch::fleet {
namespace {

using namespace test;
using std::chrono::microseconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(FailureOutlier, TheTenthServer) {
  const auto judgement = judge(numbered(1, 9, plain) + std::vector{down("ts10", kLastRun - 10)});
  EXPECT_THAT(outliers(judgement, "ts10"),
              ElementsAre("failure: it is down, and 9 of the 9 others in the group are up"));
  EXPECT_EQ(judgement.outliers().size(), 1u);
}

TEST(FailureOutlier, AlsoOneThatWasNeverUp) {
  EXPECT_THAT(outliers(judge(numbered(1, 9, plain) + std::vector{never_up("ts10", kLastRun)}), "ts10"),
              ElementsAre("failure: it is down, and 9 of the 9 others in the group are up"));
}

TEST(FailureOutlier, TheOthersMustHaveBeenSeenUpSince) {
  EXPECT_THAT(judge(numbered(1, 9, plain) + std::vector{down("ts10", kLastRun + 1)}).outliers(), IsEmpty());
  auto states = numbered(1, 8, plain) + std::vector{down("ts10", kLastRun + 1), up("ts11")};
  for (auto& state : states) {
    if (state.status == TargetStatus::up && state.key.target != "ts11") state.last_run = at(kLastRun + 5);
  }
  EXPECT_THAT(outliers(judge(states), "ts10"),
              ElementsAre("failure: it is down, and 8 of the 9 others in the group are up"));
}

TEST(FailureOutlier, ThreeQuartersOfTheOthersMustBeUp) {
  const auto few = numbered(1, 6, plain) + numbered(7, 9, [](auto name) { return down(name, 5000); });
  EXPECT_EQ(judge(few).outliers().size(), 3u) << "6 of 8 others";
  const auto fewer = numbered(1, 5, plain) + numbered(7, 9, [](auto name) { return down(name, 5000); });
  EXPECT_THAT(judge(fewer).outliers(), IsEmpty()) << "5 of 7 others";
}

TEST(FailureOutlier, SmallGroupsAndUnknownMembersSayNothing) {
  const auto sick = std::vector{down("ts10", 5000)};
  EXPECT_THAT(judge(numbered(1, 2, plain) + sick).outliers(), IsEmpty());
  EXPECT_EQ(judge(numbered(1, 3, plain) + sick).outliers().size(), 1u);
  const auto unprobed = numbered(3, 9, [](auto name) { return unknown(name); });
  EXPECT_THAT(judge(numbered(1, 2, plain) + sick + unprobed).outliers(), IsEmpty());
}

TEST(FailureOutlier, AFlappingOneIsNotDown) {
  auto flapping = down("ts10", 5000);
  flapping.status = TargetStatus::flapping;
  EXPECT_THAT(judge(numbered(1, 9, plain) + std::vector{flapping}).outliers(), IsEmpty());
}

TEST(Spread, MedianAndItsFloors) {
  const auto of = [](std::vector<int> values) {
    std::vector<microseconds> durations;
    for (const int value : values) durations.emplace_back(value * 1000);
    return spread_of(durations);
  };
  EXPECT_FALSE(of({10, 10, 10, 10}));
  EXPECT_EQ(of({14, 14, 14, 14, 900})->median, microseconds(14000));
  EXPECT_EQ(of({14, 14, 14, 14, 900})->limit, microseconds(64000)) << "50 ms above";
  EXPECT_EQ(of({200, 200, 200, 200, 900})->limit, microseconds(600000)) << "twice the median above";
  EXPECT_EQ(of({100, 140, 180, 220, 260})->limit, microseconds(180000 + 360000));
  EXPECT_EQ(of({10, 60, 110, 160, 210})->limit, microseconds(110000 + 444780)) << "8.8956 times 50 ms above";
}

TEST(LatencyOutlier, SlowInEachOfThreeRuns) {
  const auto fast = [](const std::string& name) {
    return with_tls(up(name), {milliseconds(14), milliseconds(14), milliseconds(14)});
  };
  const auto with = [&fast](std::vector<milliseconds> runs) {
    return outliers(judge(numbered(1, 9, fast) + std::vector{with_tls(up("ts10"), std::move(runs))}), "ts10");
  };
  EXPECT_THAT(with({milliseconds(830), milliseconds(812), milliseconds(820)}),
              ElementsAre("latency: tls takes 812 ms, the group's median is 14 ms"));
  EXPECT_THAT(with({milliseconds(830), milliseconds(15), milliseconds(820)}), IsEmpty()) << "one was fast";
  EXPECT_THAT(with({milliseconds(830), milliseconds(820)}), IsEmpty()) << "two are not enough";
  EXPECT_THAT(with({milliseconds(64), milliseconds(64), milliseconds(64)}), IsEmpty()) << "at the limit";
}

TEST(LatencyOutlier, SeveralPhasesAreOneSentence) {
  const auto member = [](const std::string& name, int connect, int tls) {
    auto state = up(name);
    auto result = success();
    result.phases = {{handshake::Phase::connect, milliseconds(connect)},
                     {handshake::Phase::tls, milliseconds(tls)}};
    for (int i = 0; i < 3; ++i) state.durations.note(result);
    return state;
  };
  auto states = numbered(1, 9, [&member](const std::string& name) { return member(name, 2, 14); });
  states.push_back(member("ts10", 150, 500));
  EXPECT_THAT(outliers(judge(states), "ts10"),
              ElementsAre("latency: connect takes 150 ms, the group's median is 2 ms; tls takes 500 ms, the "
                          "group's median is 14 ms"));
}

/// Five runs of a healthy member: log-normal around `median` milliseconds, and one run in a hundred with a
/// second more, as a lost SYN costs.
TargetState jittering(const std::string& name, const std::string& group, double median,
                      std::mt19937& random) {
  std::lognormal_distribution<double> duration(std::log(median), 0.4);
  std::bernoulli_distribution lost(0.01);
  auto state = up(name, group);
  for (int run = 0; run < 5; ++run) {
    auto result = success();
    for (const auto phase : kGroupPhases) {
      const double took = duration(random) + (lost(random) ? 1000 : 0);
      result.phases.push_back({phase, microseconds(static_cast<std::int64_t>(took * 1000))});
    }
    state.durations.note(result);
  }
  return state;
}

TEST(LatencyOutlier, JitterOfTenThousandHealthyMembersIsNone) {
  std::mt19937 random(42);
  for (const double median : {0.3, 4.0, 14.0, 90.0, 250.0}) {
    for (const int size : {5, 10, 50, 10000}) {
      std::vector<TargetState> states;
      for (int i = 0; i < 10000; ++i)
        states.push_back(jittering("h" + std::to_string(i), "g" + std::to_string(i / size), median, random));
      EXPECT_THAT(judge(std::move(states)).outliers(), IsEmpty()) << median << " ms in groups of " << size;
    }
  }
}

auto issued_by(const std::string& issuer, int days = 365) {
  return [issuer, days](const std::string& name) { return with_certificate(up(name), issuer, days); };
}

TEST(CertificateOutlier, AnotherIssuerOrNone) {
  EXPECT_THAT(
      outliers(judge(numbered(1, 9, issued_by("Corp CA")) + numbered(10, 10, issued_by("", 183))), "ts10"),
      ElementsAre("certificate: its certificate is self-signed, those of 9 of the 10 in the group are "
                  "issued by \"Corp CA\""));
  EXPECT_THAT(
      outliers(judge(numbered(1, 4, issued_by("")) + numbered(10, 10, issued_by("Proxy CA"))), "ts10"),
      ElementsAre("certificate: its certificate is issued by \"Proxy CA\", those of 4 of the 5 in the "
                  "group are self-signed"));
}

TEST(CertificateOutlier, AnotherLife) {
  EXPECT_THAT(
      outliers(judge(numbered(1, 9, issued_by("", 183)) + numbered(10, 10, issued_by("", 3650))), "ts10"),
      ElementsAre(
          "certificate: its certificate is made for 3650 days, those of 9 of the 10 in the group for at "
          "most 220 days"));
  EXPECT_THAT(judge(numbered(1, 9, issued_by("CA", 365)) + numbered(10, 10, issued_by("CA", 398))).outliers(),
              IsEmpty());
}

TEST(CertificateOutlier, FourFifthsMustAgree) {
  EXPECT_THAT(judge(numbered(1, 7, issued_by("A")) + numbered(8, 9, issued_by("B"))).outliers(), IsEmpty());
  EXPECT_EQ(judge(numbered(1, 8, issued_by("A")) + numbered(9, 10, issued_by("B"))).outliers().size(), 2u);
  EXPECT_THAT(judge(numbered(1, 3, issued_by("A")) + numbered(9, 9, issued_by("B"))).outliers(), IsEmpty())
      << "four members are too few";
}

TEST(CertificateOutlier, TheLastOneSeenCountsAlsoWhileTheHostIsDown) {
  auto sick = with_certificate(down("ts10", kLastRun), "", 183);
  EXPECT_THAT(
      outliers(judge(numbered(1, 9, issued_by("Corp CA")) + std::vector{sick}), "ts10"),
      ElementsAre("failure: it is down, and 9 of the 9 others in the group are up",
                  "certificate: its certificate is self-signed, those of 9 of the 10 in the group are "
                  "issued by \"Corp CA\""));
}

auto secured(std::uint32_t selected, handshake::TlsVersion version) {
  return [selected, version](const std::string& name) {
    auto state = up(name);
    auto result = success();
    result.negotiation.emplace();
    result.negotiation->selected = selected;
    if (selected != 0) result.tls = handshake::TlsFacts{version, "", "", {}, false, {}};
    state.last_result = std::make_shared<const handshake::ProbeResult>(std::move(result));
    return state;
  };
}

TEST(SecurityOutlier, ProtocolAndTlsVersion) {
  using handshake::TlsVersion;
  const auto usual = numbered(1, 9, secured(8, TlsVersion::tls13));
  EXPECT_THAT(outliers(judge(usual + numbered(10, 10, secured(0, TlsVersion::tls12))), "ts10"),
              ElementsAre("security: it chooses rdp, 9 of the 10 in the group choose hybrid_ex"));
  EXPECT_THAT(outliers(judge(usual + numbered(10, 10, secured(8, TlsVersion::tls12))), "ts10"),
              ElementsAre("security: it agrees on TLSv1.2, 9 of the 10 in the group on TLSv1.3"));
  EXPECT_THAT(outliers(judge(usual + numbered(10, 10, secured(1, TlsVersion::tls10))), "ts10"),
              ElementsAre("security: it chooses ssl, 9 of the 10 in the group choose hybrid_ex; it agrees on "
                          "TLSv1, 9 of the 10 in the group on TLSv1.3"));
}

TEST(BuildOutlier, AnotherWindows) {
  const auto built = [](const std::string& build) {
    return [build](const std::string& name) {
      auto state = up(name);
      handshake::HostFacts host;
      host.os_build = build;
      state.host = std::make_shared<const handshake::HostFacts>(std::move(host));
      return state;
    };
  };
  const auto judgement = judge(numbered(1, 4, built("10.0.20348")) + numbered(5, 5, built("10.0.17763")) +
                               numbered(6, 9, built("")));
  EXPECT_THAT(outliers(judgement, "ts05"),
              ElementsAre("build: its Windows build is 10.0.17763, 4 of the 5 in the group have 10.0.20348"));
  EXPECT_EQ(judgement.outliers().size(), 1u) << "a host that does not say is none";
}

TEST(Outliers, GroupsAreJudgedApart) {
  auto states = numbered(1, 9, issued_by("A"));
  for (auto& state : numbered(11, 19, issued_by("B"))) {
    state.target = target(state.key.target, "b");
    states.push_back(std::move(state));
  }
  EXPECT_THAT(judge(std::move(states)).outliers(), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::fleet
