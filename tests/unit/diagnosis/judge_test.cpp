#include "probes/diagnosis/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "probes/diagnosis/cause_book.hpp"
#include "tests/unit/diagnosis/evidence_builder.hpp"
#include "tests/unit/diagnosis/judge_scripts.hpp"

namespace rdpwatch::diagnosis {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<JudgeScript> all_scripts() {
  std::vector<JudgeScript> all;
  for (auto&& part :
       {name_and_network_scripts(), negotiation_scripts(), tls_scripts(), session_and_health_scripts()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<std::string> ranked(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const auto& cause : judge(evidence))
    out.push_back(std::string(name(cause.likelihood)) + " " + std::string(cause.id));
  return out;
}

class JudgeScripts : public testing::TestWithParam<JudgeScript> {};

TEST_P(JudgeScripts, rank_the_causes) {
  EXPECT_EQ(ranked(GetParam().evidence), GetParam().expected);
}

TEST_P(JudgeScripts, every_cause_has_its_evidence) {
  for (const auto& cause : judge(GetParam().evidence)) {
    EXPECT_FALSE(cause.evidence.empty() && cause.against.empty()) << cause.id;
  }
}

TEST_P(JudgeScripts, are_deterministic) {
  const auto first = judge(GetParam().evidence);
  const auto second = judge(GetParam().evidence);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].id, second[i].id);
    EXPECT_EQ(first[i].evidence, second[i].evidence);
    EXPECT_EQ(first[i].against, second[i].against);
  }
}

INSTANTIATE_TEST_SUITE_P(all, JudgeScripts, testing::ValuesIn(all_scripts()), [](const auto& row) {
  std::string id = row.param.name;
  std::ranges::replace_if(
      id, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return id + "_" + std::to_string(row.index);
});

TEST(judge, every_cause_of_the_book_is_produced_by_a_script) {
  std::set<std::string> produced;
  for (const auto& script : all_scripts()) {
    for (const auto& cause : judge(script.evidence)) produced.emplace(cause.id);
  }
  std::set<std::string> book;
  for (const auto& cause : causes()) book.insert(cause.id);
  EXPECT_EQ(produced, book);
}

TEST(judge, every_failure_has_a_cause) {
  for (const auto& reason : handshake::kReasons) {
    if (reason.category == handshake::Category::local) continue;
    for (const auto& phase : handshake::kPhases) {
      if (!handshake::can_occur(reason.reason, phase.phase)) continue;
      EXPECT_FALSE(judge(EvidenceBuilder(failing(phase.phase, reason.reason))).empty())
          << phase.name << " " << reason.name;
    }
  }
}

TEST(judge, says_nothing_of_a_probe_that_was_cut_off) {
  auto cut_off = passing();
  cut_off.verdict = handshake::Verdict::abandoned;
  EXPECT_THAT(judge(EvidenceBuilder(cut_off)), testing::IsEmpty());
}

TEST(judge, says_with_numbers_why_it_thinks_of_the_private_key) {
  auto single = cut_at_client_hello();
  single.negotiation->attempts.clear();
  const auto causes =
      judge(EvidenceBuilder(cut_at_client_hello()).tried(ExperimentKind::repeat, single).sibling_passes());
  ASSERT_FALSE(causes.empty());
  EXPECT_THAT(causes.front().evidence,
              ElementsAre("3 of 3 connections ended within 12 ms of the ClientHello, without one byte of TLS",
                          "the legacy profile (TLS 1.0 to 1.2) ended the same way",
                          "a sibling is fine at the same moment"));
}

TEST(judge, a_sibling_that_passes_speaks_against_the_way) {
  auto silent = silent_in_tls();
  silent.transport->retransmits = 4;
  const auto causes =
      judge(EvidenceBuilder(silent).tried(ExperimentKind::small_segments, silent).sibling_passes());
  const auto device = std::ranges::find(causes, "inline_device_cuts_tls", &RankedCause::id);
  ASSERT_NE(device, causes.end());
  EXPECT_THAT(device->against,
              ElementsAre(HasSubstr(
                  "ts08.corp.example:3389 of the same group passed this phase at the same moment")));
}

}  // namespace
}  // namespace rdpwatch::diagnosis
