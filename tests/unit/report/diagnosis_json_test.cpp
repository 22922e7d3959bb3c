#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/unit/report/diagnoses.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;
using diagnosis::Likelihood;
using handshake::FailureReason;
using handshake::Phase;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

DiagnosisReport failed_report(Phase phase, FailureReason reason, std::string_view cause) {
  DiagnosisReport report = report_of(failed(phase, reason));
  if (!cause.empty()) report.diagnosis.causes = {ranked(cause, Likelihood::likely)};
  return report;
}

TEST(UsOrThem, a_fault_of_our_own_is_us) {
  EXPECT_EQ(us_or_them(report_of(failed(Phase::connect, FailureReason::local_resources))),
            "us: this machine could not do it; the host is not to blame");
}

TEST(UsOrThem, nobody_knows_when_the_probe_was_cut_off) {
  EXPECT_EQ(us_or_them(report_of(abandoned())), "not known: the probe was cut off");
}

TEST(UsOrThem, a_host_that_answers) {
  DiagnosisReport report = report_of(healthy());
  EXPECT_EQ(us_or_them(report), "neither: from here the host answers as it should");
  report.diagnosis.causes = {ranked("client_side_only", Likelihood::likely)};
  EXPECT_EQ(us_or_them(report),
            "the host answers; what is wrong points at the user's machine or its network");
}

TEST(UsOrThem, a_sibling_that_answers_clears_us) {
  DiagnosisReport report =
      failed_report(Phase::tls, FailureReason::connection_reset, "private_key_unreadable");
  constexpr std::string_view kThem =
      "them: a host of the same group answers this machine; it points at the host";
  report.siblings = {{"ts01:3389", false, "timeout in connect"}, {"ts02:3389", true, "fine, 14 ms"}};
  EXPECT_EQ(us_or_them(report), kThem);
  report.siblings.clear();
  report.diagnosis.experiments = {
      {diagnosis::ExperimentKind::sibling, "ts01:3389", "10.0.0.1:3389", true, "passed in 14 ms"}};
  EXPECT_EQ(us_or_them(report), kThem) << "the experiment of that name counts";
  report.diagnosis.experiments.clear();
  report.fleet.siblings = 9;
  report.fleet.siblings_up = 1;
  EXPECT_EQ(us_or_them(report), kThem) << "so does what the fleet knows";
}

TEST(UsOrThem, an_experiment_that_passes_elsewhere_is_no_sibling) {
  DiagnosisReport report =
      failed_report(Phase::tls, FailureReason::connection_reset, "private_key_unreadable");
  report.diagnosis.experiments = {
      {diagnosis::ExperimentKind::repeat, "ts09:3389", "10.0.0.9:3389", true, "passed in 14 ms"}};
  EXPECT_THAT(us_or_them(report), Not(StartsWith("them")));
}

TEST(UsOrThem, a_host_that_refuses_in_words_was_reached) {
  EXPECT_EQ(us_or_them(failed_report(Phase::tls, FailureReason::tls_alert, "no_common_tls")),
            "them: the host itself answers this machine; it points at the host");
  EXPECT_EQ(us_or_them(failed_report(Phase::negotiate, FailureReason::negotiation_failure_unknown, "")),
            "them: the host itself answers this machine; not known yet whose it is");
}

TEST(UsOrThem, nobody_to_compare_with) {
  EXPECT_EQ(us_or_them(failed_report(Phase::connect, FailureReason::timeout, "firewall_drop")),
            "it points at the network between the prober and the host; no other host was there to compare "
            "with, so this machine's own network may be part of it");
  EXPECT_EQ(
      us_or_them(failed_report(Phase::tls, FailureReason::timeout, "")),
      "not known yet whose it is; no other host was there to compare with, so this machine's own network "
      "may be part of it");
}

TEST(UsOrThem, no_sibling_answers_either) {
  DiagnosisReport report = failed_report(Phase::connect, FailureReason::timeout, "firewall_drop");
  report.siblings = {{"ts01:3389", false, "timeout in connect"}};
  EXPECT_EQ(us_or_them(report),
            "perhaps us, or the way: no other host of the group answers this machine either");
  report.fleet.others = 3;
  report.fleet.others_up = 3;
  EXPECT_EQ(
      us_or_them(report),
      "them: other groups answer this machine, and nobody of this one does; it points at what the group "
      "shares");
}

TEST(UsOrThem, a_cause_of_ours_comes_before_any_sibling) {
  DiagnosisReport report = failed_report(Phase::connect, FailureReason::timeout, "prober_blind");
  report.siblings = {{"ts02:3389", true, "fine, 14 ms"}};
  EXPECT_EQ(us_or_them(report), "most likely us: this machine's network or clock, not the hosts");
}

TEST(CountSiblings, those_that_were_probed_before_those_of_the_fleet) {
  DiagnosisReport report = tenth_host();
  report.fleet.siblings = 9;
  report.fleet.siblings_up = 8;
  EXPECT_EQ(sibling_sentence(count_siblings(report)), "1 of 2 others of the group answer");
  report.siblings.clear();
  EXPECT_EQ(sibling_sentence(count_siblings(report)), "8 of 9 others of the group answer");
  EXPECT_EQ(sibling_sentence({1, 1}), "1 of 1 other of the group answers");
}

TEST(CausesJson, has_what_the_contract_shows) {
  const auto causes = causes_json(tenth_host().diagnosis.causes, std::nullopt);
  ASSERT_EQ(causes.size(), 2U);
  const json::object& first = causes.front().as_object();
  EXPECT_EQ(first.at("id"), "private_key_unreadable");
  EXPECT_EQ(first.at("title"), "The host can't use its certificate's private key");
  EXPECT_EQ(first.at("blame"), "host");
  EXPECT_EQ(first.at("likelihood"), "likely");
  EXPECT_EQ(first.at("evidence"),
            json::parse(
                R"(["4 of 4 connections ended within 12 ms of the ClientHello, without one byte of TLS"])"));
  EXPECT_EQ(first.at("against"), json::array());
  EXPECT_EQ(first.at("runbook"), "deploy/runbooks/private_key_unreadable.md");
  EXPECT_FALSE(first.at("checks").as_array().empty());
  EXPECT_EQ(causes.back().at("against"),
            json::parse(R"(["ts01:3389 passed this phase at the same moment"])"));
}

TEST(CausesJson, of_a_cause_that_the_book_lacks) {
  EXPECT_EQ(json::serialize(causes_json({ranked("of_a_later_version", Likelihood::possible)}, std::nullopt)),
            R"([{"id":"of_a_later_version","likelihood":"possible","evidence":[],"against":[]}])");
}

TEST(CausesJson, fixes_are_those_of_the_platform) {
  const std::vector causes{ranked("private_key_unreadable", Likelihood::likely)};
  const auto fixes = [&](std::optional<diagnosis::Platform> platform) {
    return json::serialize(causes_json(causes, platform).front().at("fixes"));
  };
  EXPECT_THAT(fixes(diagnosis::Platform::azure), HasSubstr("serial console"));
  EXPECT_THAT(fixes(diagnosis::Platform::azure), Not(HasSubstr("EC2Rescue")));
  EXPECT_THAT(fixes(std::nullopt), HasSubstr(" (Azure)"));
  EXPECT_THAT(fixes(std::nullopt), HasSubstr(" (AWS)"));
}

TEST(InWords, a_check_and_a_fix) {
  diagnosis::Check check;
  check.where = diagnosis::Place::host;
  check.look = "the listener";
  check.command = "qwinsta";
  check.expect = "no rdp-tcp";
  EXPECT_EQ(in_words(check), "on the host, in an elevated PowerShell: the listener: qwinsta -- no rdp-tcp");
  diagnosis::Fix fix;
  fix.where = diagnosis::Place::network;
  fix.step = "Start the machine";
  fix.platforms = {diagnosis::Platform::azure, diagnosis::Platform::hyperv};
  fix.warning = "it takes minutes";
  EXPECT_EQ(in_words(fix), "Start the machine (Azure, Hyper-V) -- mind: it takes minutes");
}

TEST(DiagnosisJson, is_the_probes_json_and_more) {
  const json::object out = to_json(tenth_host());
  EXPECT_EQ(out.at("schema"), "rdpwatch.probe/1");
  EXPECT_EQ(out.at("failure").at("reason"), "connection_reset");
  EXPECT_EQ(out.at("us_or_them"),
            "them: a host of the same group answers this machine; it points at the host");
  EXPECT_EQ(out.at("last_success"), "2026-11-22T12:00:00Z");
  EXPECT_EQ(out.at("siblings"), json::parse(R"([{"target": "ts01:3389", "up": true, "outcome": "fine, 14 ms"},
              {"target": "ts02:3389", "up": false, "outcome": "timeout in connect"}])"));
  EXPECT_EQ(out.at("experiments"), json::parse(R"([
      {"kind": "repeat", "question": "the same once more", "target": "ts09.corp.example.com:3389",
       "address": "10.0.0.9:3389", "passed": false,
       "outcome": "connection_reset in tls: reset 11 ms after ClientHello, 0 bytes received"},
      {"kind": "sibling", "question": "a healthy host of the same group, now", "target": "ts01:3389",
       "address": "10.0.0.1:3389", "passed": true, "outcome": "passed in 14 ms"}])"));
  EXPECT_EQ(out.at("causes").as_array().size(), 2U);
}

TEST(DiagnosisJson, nothing_is_invented) {
  const json::object out = to_json(report_of(healthy()));
  EXPECT_FALSE(out.contains("last_success"));
  EXPECT_EQ(out.at("siblings"), json::array());
  EXPECT_EQ(out.at("experiments"), json::array());
  EXPECT_EQ(out.at("causes"), json::array());
}

}  // namespace
}  // namespace rdpwatch::report
