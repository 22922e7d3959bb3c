#include "probes/diagnosis/evidence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/diagnosis/evidence_builder.hpp"

namespace rdpwatch::diagnosis {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using handshake::Verdict;
using Kind = ExperimentKind;

handshake::ProbeResult fault() {
  auto result = failing(Phase::connect, FailureReason::local_resources, "EMFILE", 24);
  result.verdict = Verdict::local_fault;
  return result;
}

handshake::ProbeResult cut_off() {
  auto result = passing();
  result.verdict = Verdict::abandoned;
  return result;
}

TEST(failure_of, is_the_last_attempts) {
  Evidence evidence = EvidenceBuilder(failing(Phase::connect, FailureReason::timeout));
  evidence.attempts.push_back(cut_at_client_hello());
  ASSERT_NE(failure_of(evidence), nullptr);
  EXPECT_EQ(failure_of(evidence)->reason, FailureReason::connection_reset);
  evidence.attempts.push_back(passing());
  EXPECT_EQ(failure_of(evidence), nullptr);
}

TEST(failure_of, is_none_for_a_fault_of_our_own) {
  EXPECT_EQ(failure_of(EvidenceBuilder(fault())), nullptr);
  EXPECT_EQ(failure_of(EvidenceBuilder(cut_off())), nullptr);
}

TEST(ending, tells_how_a_phase_ended) {
  const auto at_tls = [](FailureReason reason) { return ending(failing(Phase::tls, reason), Phase::tls); };
  EXPECT_EQ(at_tls(FailureReason::timeout), Ending::silent);
  EXPECT_EQ(at_tls(FailureReason::connection_reset), Ending::reset);
  EXPECT_EQ(at_tls(FailureReason::connection_closed), Ending::closed);
  EXPECT_EQ(at_tls(FailureReason::tls_alert), Ending::alert);
  EXPECT_EQ(at_tls(FailureReason::tls_not_spoken), Ending::odd);
  EXPECT_EQ(ending(failing(Phase::connect, FailureReason::connection_refused), Phase::connect),
            Ending::refused);
  EXPECT_EQ(ending(failing(Phase::connect, FailureReason::network_unreachable), Phase::connect),
            Ending::unreachable);
}

TEST(ending, of_a_phase_before_the_failure_is_passed_and_of_one_behind_it_unknown) {
  const auto result = failing(Phase::tls, FailureReason::timeout);
  EXPECT_EQ(ending(result, Phase::negotiate), Ending::passed);
  EXPECT_TRUE(passed(result, Phase::negotiate));
  EXPECT_EQ(ending(result, Phase::nla), std::nullopt);
  EXPECT_FALSE(passed(result, Phase::nla));
  EXPECT_EQ(ending(passing(), Phase::nla), Ending::passed);
}

TEST(ending, is_unknown_where_nothing_was_learnt_of_the_target) {
  EXPECT_EQ(ending(fault(), Phase::connect), std::nullopt);
  EXPECT_EQ(ending(cut_off(), Phase::connect), std::nullopt);
}

TEST(ending, has_a_name_each) {
  std::set<std::string_view> names;
  for (const Ending one : {Ending::passed, Ending::silent, Ending::reset, Ending::closed, Ending::refused,
                           Ending::unreachable, Ending::alert, Ending::odd})
    names.insert(name(one));
  EXPECT_EQ(names.size(), 8U);
}

TEST(results_of, are_those_of_one_kind_in_order) {
  auto first = passing();
  first.address = "10.0.0.10:3389";
  auto second = passing();
  second.address = "10.0.0.11:3389";
  const Evidence evidence = EvidenceBuilder(cut_at_client_hello())
                                .tried(Kind::other_address, first)
                                .tried(Kind::repeat, passing())
                                .tried(Kind::other_address, second);
  ASSERT_EQ(results_of(evidence, Kind::other_address).size(), 2U);
  EXPECT_EQ(results_of(evidence, Kind::other_address).front()->address, "10.0.0.10:3389");
  EXPECT_EQ(result_of(evidence, Kind::other_address)->address, "10.0.0.11:3389");
  EXPECT_EQ(result_of(evidence, Kind::garbage), nullptr);
}

TEST(tally, counts_plain_connections_only) {
  Evidence evidence = EvidenceBuilder(cut_at_client_hello())
                          .tried(Kind::only_tls12, passing())
                          .tried(Kind::repeat, passing())
                          .tried(Kind::repeat, cut_at_client_hello());
  EXPECT_EQ(plain_results(evidence).size(), 3U);
  EXPECT_EQ(tally(evidence, Phase::tls).passed, 1);
  EXPECT_EQ(tally(evidence, Phase::tls).failed, 2);
}

TEST(tally, leaves_out_what_did_not_come_so_far) {
  const Evidence evidence = EvidenceBuilder(failing(Phase::connect, FailureReason::timeout))
                                .tried(Kind::repeat, cut_at_client_hello())
                                .tried(Kind::repeat, fault());
  EXPECT_EQ(tally(evidence, Phase::tls).passed, 0);
  EXPECT_EQ(tally(evidence, Phase::tls).failed, 1);
}

TEST(contrast, grows_with_each_turn) {
  const auto cut = cut_at_client_hello();
  const auto of = [](const Evidence& evidence) { return contrast(evidence, Kind::only_tls12, Phase::tls); };
  EXPECT_EQ(of(EvidenceBuilder(cut)), Contrast::none);
  EXPECT_EQ(of(EvidenceBuilder(cut).tried(Kind::only_tls12, cut)), Contrast::none);
  const auto hint = EvidenceBuilder(cut).tried(Kind::only_tls12, passing());
  EXPECT_EQ(of(hint), Contrast::hint) << "it may be the moment";
  auto repeated = hint;
  repeated.tried(Kind::repeat, cut);
  EXPECT_EQ(of(repeated), Contrast::repeated);
  auto proven = repeated;
  proven.tried(Kind::only_tls12, passing());
  EXPECT_EQ(of(proven), Contrast::proven);
  EXPECT_TRUE(only_variant_passed(hint, Kind::only_tls12, Phase::tls));
  EXPECT_TRUE(only_variant_passed(proven, Kind::only_tls12, Phase::tls));
}

TEST(contrast, is_mixed_when_one_of_the_two_both_passes_and_fails) {
  const auto cut = cut_at_client_hello();
  const Evidence plain_too =
      EvidenceBuilder(cut).tried(Kind::only_tls12, passing()).tried(Kind::repeat, passing());
  EXPECT_EQ(contrast(plain_too, Kind::only_tls12, Phase::tls), Contrast::mixed);
  EXPECT_FALSE(only_variant_passed(plain_too, Kind::only_tls12, Phase::tls));
  const Evidence variant_too = EvidenceBuilder(cut)
                                   .tried(Kind::only_tls12, passing())
                                   .tried(Kind::repeat, cut)
                                   .tried(Kind::only_tls12, cut);
  EXPECT_EQ(contrast(variant_too, Kind::only_tls12, Phase::tls), Contrast::mixed);
}

TEST(only_variant_passed, is_not_when_the_variant_failed_or_was_not_made) {
  const auto cut = cut_at_client_hello();
  EXPECT_FALSE(
      only_variant_passed(EvidenceBuilder(cut).tried(Kind::only_tls12, cut), Kind::only_tls12, Phase::tls));
  EXPECT_FALSE(only_variant_passed(EvidenceBuilder(cut), Kind::only_tls12, Phase::tls));
}

TEST(count_text, speaks_of_one_and_of_many) {
  EXPECT_EQ(count_text(1, 1), "1 of 1 connection");
  EXPECT_EQ(count_text(3, 4), "3 of 4 connections");
}

}  // namespace
}  // namespace rdpwatch::diagnosis
