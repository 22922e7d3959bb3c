#include "probes/diagnosis/experiment_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/diagnosis/diagnostician.hpp"
#include "tests/unit/diagnosis/evidence_builder.hpp"

namespace rdpwatch::diagnosis {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

FleetContext with_sibling() {
  FleetContext fleet;
  fleet.siblings = 9;
  fleet.siblings_up = 9;
  fleet.sibling = named_plan();
  fleet.sibling->target = "ts08.corp.example:3389";
  return fleet;
}

/// The kinds in the order in which they are asked for, when every one of them ends like `answer` says.
template <typename Answer>
std::vector<std::string> asked(Evidence evidence, ExperimentLimits limits, Answer answer) {
  Diagnostician diagnostician(std::move(evidence), limits);
  std::vector<std::string> kinds;
  while (auto experiment = diagnostician.next()) {
    kinds.emplace_back(name(experiment->kind));
    if (kinds.size() > 10) break;
    diagnostician.note(experiment->kind, answer(experiment->kind));
  }
  return kinds;
}

std::vector<std::string> asked_in_vain(const Evidence& evidence, ExperimentLimits limits = {}) {
  const ProbeResult same = last_attempt(evidence);
  return asked(evidence, limits, [same](ExperimentKind) { return same; });
}

TEST(experiment_table, a_cut_at_the_client_hello) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(cut_at_client_hello()).fleet(with_sibling())),
              ElementsAre("repeat", "only_tls12", "without_sni", "garbage", "direct_tls", "sibling"));
}

TEST(experiment_table, an_address_has_no_server_name_to_leave_out) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(cut_at_client_hello()).literal()),
              ElementsAre("repeat", "only_tls12", "garbage", "direct_tls"));
}

TEST(experiment_table, silence_after_the_client_hello) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(silent_in_tls()).fleet(with_sibling())),
              ElementsAre("small_segments", "garbage", "only_tls12", "without_sni", "sibling", "patient"));
}

TEST(experiment_table, patience_can_be_forbidden) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(silent_in_tls()), {kMaxExperiments, false}),
              ElementsAre("small_segments", "garbage", "only_tls12", "without_sni"));
}

TEST(experiment_table, what_passes_is_held_against_the_plain_probe_again) {
  const auto answer = [](ExperimentKind kind) {
    return kind == ExperimentKind::small_segments ? passing() : silent_in_tls();
  };
  EXPECT_THAT(asked(EvidenceBuilder(silent_in_tls()), {}, answer),
              ElementsAre("small_segments", "repeat", "small_segments"));
}

TEST(experiment_table, a_target_that_fails_now_and_then_is_only_repeated) {
  const auto answer = [](ExperimentKind) { return passing(); };
  EXPECT_THAT(asked(EvidenceBuilder(cut_at_client_hello()), {}, answer),
              ElementsAre("repeat", "repeat", "repeat"));
}

TEST(experiment_table, a_cut_at_the_request) {
  const auto cut = ended(Phase::negotiate, FailureReason::connection_reset, "Connection Request", 2ms);
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(cut).fleet(with_sibling())),
              ElementsAre("without_cookie", "ask_tls", "silence", "direct_tls", "ask_nla_or_tls", "sibling"));
}

TEST(experiment_table, silence_after_the_request) {
  const auto silent = ended(Phase::negotiate, FailureReason::timeout, "Connection Request", 5s);
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(silent).fleet(with_sibling())),
              ElementsAre("without_cookie", "ask_tls", "direct_tls", "repeat", "sibling", "patient"));
}

TEST(experiment_table, a_port_that_is_closed) {
  auto refused = ended(Phase::connect, FailureReason::connection_refused, "SYN", 1ms);
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(refused).fleet(with_sibling())),
              ElementsAre("repeat", "sibling"));
}

TEST(experiment_table, a_host_that_is_known_by_another_name) {
  auto refused = ended(Phase::connect, FailureReason::connection_refused, "SYN", 1ms);
  auto fleet = with_sibling();
  fleet.host = handshake::HostFacts{};
  fleet.host->dns_computer = "ts09-new.corp.example";
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(refused).literal().fleet(fleet)),
              ElementsAre("repeat", "known_name", "sibling"));
}

TEST(experiment_table, other_addresses_of_the_name_are_asked_each_once) {
  auto cut = cut_at_client_hello();
  cut.addresses = {"10.0.0.9", "10.0.0.10", "10.0.0.11"};
  auto evidence = EvidenceBuilder(ended(Phase::connect, FailureReason::timeout, "SYN", 4s)).build();
  evidence.attempts.back().addresses = cut.addresses;
  evidence.plan.pinned_address = "10.0.0.9";
  std::vector<std::string> addresses;
  Diagnostician diagnostician(evidence, {});
  while (auto experiment = diagnostician.next()) {
    if (experiment->kind != ExperimentKind::other_address) break;
    addresses.push_back(experiment->plan.host);
    auto result = passing();
    result.address = experiment->plan.host + ":3389";
    diagnostician.note(experiment->kind, std::move(result));
  }
  EXPECT_THAT(addresses, ElementsAre("10.0.0.10", "10.0.0.11"));
}

TEST(experiment_table, a_name_that_is_gone_is_looked_for_where_the_host_was) {
  auto fleet = with_sibling();
  fleet.last_address = "10.0.0.9";
  const auto gone = failing(Phase::resolve, FailureReason::name_not_found, "NXDOMAIN");
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(gone).fleet(fleet)),
              ElementsAre("known_address", "repeat", "sibling"));
}

TEST(experiment_table, what_policy_forbids_needs_none) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(failing(Phase::tls, FailureReason::certificate_expired))),
              IsEmpty());
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(failing(Phase::negotiate, FailureReason::protocol_not_allowed))),
              IsEmpty());
}

TEST(experiment_table, a_host_that_answers_needs_none) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(passing())), IsEmpty());
}

TEST(experiment_table, a_user_who_fails_may_have_met_another_address) {
  auto result = passing();
  result.addresses = {"10.0.0.9", "10.0.0.10"};
  Diagnostician diagnostician(EvidenceBuilder(result).user_fails(), {});
  const auto experiment = diagnostician.next();
  ASSERT_TRUE(experiment);
  EXPECT_EQ(experiment->kind, ExperimentKind::other_address);
  EXPECT_EQ(experiment->plan.host, "10.0.0.10");
}

TEST(experiment_table, a_user_who_fails_may_have_met_a_bad_moment) {
  Diagnostician diagnostician(EvidenceBuilder(passing()).user_fails(), {});
  int repeats = 0;
  while (auto experiment = diagnostician.next()) {
    EXPECT_EQ(experiment->kind, ExperimentKind::repeat);
    ++repeats;
    diagnostician.note(experiment->kind, passing());
  }
  EXPECT_EQ(repeats, 3);
}

TEST(experiment_table, our_own_fault_ends_it) {
  auto fault = passing();
  fault.verdict = handshake::Verdict::local_fault;
  fault.failure = handshake::Failure{Phase::connect, FailureReason::local_resources, "EMFILE", 24};
  const auto answer = [fault](ExperimentKind) { return fault; };
  EXPECT_THAT(asked(EvidenceBuilder(cut_at_client_hello()), {}, answer), ElementsAre("repeat"));
}

TEST(experiment_table, the_limit_holds) {
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(cut_at_client_hello()), {2, true}),
              ElementsAre("repeat", "only_tls12"));
  EXPECT_THAT(asked_in_vain(EvidenceBuilder(cut_at_client_hello()), {0, true}), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::diagnosis
