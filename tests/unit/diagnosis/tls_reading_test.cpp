#include "probes/diagnosis/tls_reading.hpp"

#include <gtest/gtest.h>

#include "tests/unit/diagnosis/evidence_builder.hpp"

namespace rdpwatch::diagnosis {
namespace {

using namespace std::chrono_literals;
using handshake::FailureReason;
using handshake::Phase;
using handshake::TlsProfile;
using Kind = ExperimentKind;

handshake::ProbeResult ended_after(std::string last_sent, std::uint64_t bytes = 0,
                                   FailureReason reason = FailureReason::connection_reset) {
  return ended(Phase::tls, reason, std::move(last_sent), 12ms, bytes);
}

ClientHelloCuts cuts_of(const Evidence& evidence) {
  return client_hello_cuts(evidence);
}

TEST(is_client_hello_cut, needs_an_end_right_after_the_client_hello) {
  EXPECT_TRUE(is_client_hello_cut(*ended_after("ClientHello").failure));
  EXPECT_TRUE(is_client_hello_cut(*ended_after("ClientHello", 0, FailureReason::connection_closed).failure));
  EXPECT_FALSE(is_client_hello_cut(*ended_after("ClientHello", 1).failure)) << "something was answered";
  EXPECT_FALSE(is_client_hello_cut(*ended_after("ClientKeyExchange").failure));
  EXPECT_FALSE(is_client_hello_cut(*ended_after("garbage").failure));
  EXPECT_FALSE(is_client_hello_cut(*silent_in_tls().failure));
  EXPECT_FALSE(is_client_hello_cut(*failing(Phase::tls, FailureReason::connection_reset).failure))
      << "nobody saw when";
  auto elsewhere = ended_after("ClientHello");
  elsewhere.failure->phase = Phase::negotiate;
  EXPECT_FALSE(is_client_hello_cut(*elsewhere.failure));
}

TEST(client_hello_cuts, counts_both_profiles_of_an_attempt) {
  const auto cuts = cuts_of(EvidenceBuilder(cut_at_client_hello()));
  EXPECT_EQ(cuts.cut, 2);
  EXPECT_EQ(cuts.other, 0);
  EXPECT_TRUE(cuts.legacy_cut);
  EXPECT_EQ(cuts.slowest, 12ms);
  EXPECT_EQ(cuts.rtt, 10ms);
}

TEST(client_hello_cuts, the_first_profile_is_the_plans) {
  Evidence evidence = EvidenceBuilder(ended_after("ClientHello"));
  EXPECT_FALSE(cuts_of(evidence).legacy_cut);
  evidence.plan.first_profile = TlsProfile::legacy;
  EXPECT_TRUE(cuts_of(evidence).legacy_cut);
}

TEST(client_hello_cuts, takes_only_the_experiments_that_vary_tls) {
  const auto cut = ended_after("ClientHello");
  EvidenceBuilder builder(cut);
  builder.tried(Kind::repeat, cut).tried(Kind::only_tls12, cut).tried(Kind::without_sni, cut);
  builder.tried(Kind::small_segments, cut);
  EXPECT_EQ(cuts_of(builder).cut, 5);
  builder.tried(Kind::garbage, ended_after("garbage")).tried(Kind::direct_tls, cut);
  builder.tried(Kind::other_address, cut).sibling_passes();
  EXPECT_EQ(cuts_of(builder).cut, 5);
  EXPECT_EQ(cuts_of(builder).other, 0);
}

TEST(client_hello_cuts, the_experiment_with_old_tls_is_of_the_legacy_profile) {
  const auto cut = ended_after("ClientHello");
  EXPECT_TRUE(cuts_of(EvidenceBuilder(cut).tried(Kind::legacy_tls, cut)).legacy_cut);
}

TEST(client_hello_cuts, what_came_to_another_end_is_counted_apart) {
  const auto cuts = cuts_of(EvidenceBuilder(ended_after("ClientHello"))
                                .tried(Kind::repeat, passing())
                                .tried(Kind::only_tls12, failing(Phase::tls, FailureReason::tls_alert))
                                .tried(Kind::repeat, failing(Phase::connect, FailureReason::timeout)));
  EXPECT_EQ(cuts.cut, 1);
  EXPECT_EQ(cuts.other, 2) << "the last never came as far as TLS";
}

TEST(cut_at_once, is_within_two_round_trips_and_a_fifth_of_a_second) {
  ClientHelloCuts cuts;
  cuts.rtt = 10ms;
  cuts.slowest = 220ms;
  EXPECT_TRUE(cut_at_once(cuts));
  cuts.slowest = 221ms;
  EXPECT_FALSE(cut_at_once(cuts));
}

}  // namespace
}  // namespace rdpwatch::diagnosis
