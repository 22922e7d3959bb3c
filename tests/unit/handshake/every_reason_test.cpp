// Every (phase, reason) pair of failure_reasons.def that a probe without credentials can end in has a script
// here that produces it, and no script produces a pair that the table does not have.

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/handshake/session_script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace test;
using Events = std::vector<Event>;

struct Script {
  ProbePlan plan;
  Events events;
};

ProbePlan failing_on(CertificateProblem problem) {
  auto plan = literal_plan();
  plan.fail_on = {problem};
  return plan;
}

ProbePlan without_fallback() {
  auto plan = literal_plan();
  plan.fall_back_to_legacy_tls = false;
  return plan;
}

Event established_with(CertificateProblem problem) {
  auto event = established();
  event.certificate = certificate({problem});
  return event;
}

Events resolving(Event event) {
  return {Start{}, std::move(event)};
}

// What ends an I/O operation in any phase that has a connection, and what our own driver can get wrong.
void add_io_ends(std::vector<Script>& scripts, const ProbePlan& plan, const Events& beginning,
                 bool connecting) {
  std::vector<FailureReason> ends{FailureReason::host_unreachable, FailureReason::network_unreachable,
                                  FailureReason::connection_reset, FailureReason::local_resources};
  ends.push_back(connecting ? FailureReason::connection_refused : FailureReason::connection_closed);
  for (const FailureReason reason : ends) {
    scripts.push_back({plan, beginning + Events{io_failed(reason)}});
  }
  scripts.push_back({plan, beginning + Events{DeadlineReached{}}});
  scripts.push_back({plan, beginning + Events{Resolved{}}});  // out of order: internal_error
}

// What can end any phase that exchanges messages within TLS.
void add_tls_phase_ends(std::vector<Script>& scripts, const ProbePlan& plan, const Events& beginning) {
  add_io_ends(scripts, plan, beginning, false);
  for (const FailureReason reason : {FailureReason::tls_alert, FailureReason::tls_protocol_error})
    scripts.push_back({plan, beginning + Events{TlsFailed{reason, {}, "told by the script", {}, {}, {}}}});
}

void add_answers(std::vector<Script>& scripts, const ProbePlan& plan, const Events& beginning,
                 const std::vector<const char*>& answers) {
  for (const char* const answer : answers) scripts.push_back({plan, beginning + Events{bytes(answer)}});
}

void add_nla(std::vector<Script>& scripts) {
  // In the middle of an answer: a server that closes instead of one is healthy.
  add_tls_phase_ends(scripts, nla_plan(), until_challenge(2) + Events{bytes("30819fa003")});
  add_answers(scripts, nla_plan(), until_challenge(2),
              {"3000", "0300000902f0802180", "3083ffffff", kLogonFailure, kAccountDisabled, kAccessDenied,
               kNoLogonServers});
}

void add_session(std::vector<Script>& scripts) {
  const std::vector<const char*> broken{"03000003", "4142", "0300ffff", kUltimatum, kServerDenied, kCrash};
  add_tls_phase_ends(scripts, licensing_plan(), until_connect_response());
  add_answers(scripts, licensing_plan(), until_connect_response(), broken);
  add_tls_phase_ends(scripts, licensing_plan(), until_license());
  add_answers(scripts, licensing_plan(), until_license(), broken);
  add_answers(scripts, licensing_plan(), until_license(), {kNoLicense, kNoLicenseServer});
}

std::vector<Script> all_scripts() {
  std::vector<Script> scripts{
      {name_plan(), resolving(ResolveFailed{FailureReason::name_not_found, "NXDOMAIN"})},
      {name_plan(), resolving(ResolveFailed{FailureReason::resolver_failed, "SERVFAIL"})},
      {name_plan(), resolving(ResolveFailed{FailureReason::local_resources, "EMFILE"})},
      {name_plan(), resolving(DeadlineReached{})},
      {name_plan(), resolving(Connected{})},
  };
  add_io_ends(scripts, without_fallback(), until_connect(), true);
  add_io_ends(scripts, without_fallback(), until_confirm(), false);
  add_io_ends(scripts, without_fallback(), until_tls(), false);

  const Events answers{
      bytes("485454502f312e312034303020426164"),  // not_rdp
      bytes("03000003"),                          // malformed_pdu
      bytes("0300000902f0802180"),                // unexpected_pdu
      bytes("0300ffff"),                          // oversized_pdu
      confirm_failure(3),
      confirm_failure(4),
      confirm_failure(6),
      confirm_failure(99),
      confirm_selected(0),  // protocol_not_allowed by require_tls
  };
  for (const Event& answer : answers) scripts.push_back({literal_plan(), until_confirm() + Events{answer}});
  auto wrongly_asked =
      literal_plan();  // each of these is asked for just what the failure demands: the ladder ends
  for (const auto& [mask, code] : {std::pair{0x01, 1}, {0x00, 2}, {0x0B, 5}}) {
    wrongly_asked.requested_protocols = static_cast<std::uint32_t>(mask);
    scripts.push_back({wrongly_asked, until_confirm() + Events{confirm_failure(code)}});
  }

  for (const FailureReason reason :
       {FailureReason::tls_alert, FailureReason::tls_not_spoken, FailureReason::tls_protocol_error}) {
    scripts.push_back(
        {without_fallback(), until_tls() + Events{TlsFailed{reason, {}, "told by the script", {}, {}, {}}}});
  }
  for (const CertificateProblem problem :
       {CertificateProblem::expired, CertificateProblem::not_yet_valid, CertificateProblem::name_mismatch,
        CertificateProblem::untrusted, CertificateProblem::weak_key}) {
    scripts.push_back({failing_on(problem), until_tls() + Events{established_with(problem)}});
  }
  auto modern_only = without_fallback();
  modern_only.min_tls_version = TlsVersion::tls12;
  scripts.push_back({modern_only, until_tls() + Events{established(TlsVersion::tls10)}});
  add_nla(scripts);
  add_session(scripts);
  return scripts;
}

TEST(EveryReason, IsProducedByAScript) {
  std::set<std::string> expected;
  for (const auto& row : kReasons) {
    for (const auto& [phase, phase_name, help] : kPhases) {
      if (phase == Phase::login) continue;  // no module reaches it
      if (can_occur(row.reason, phase))
        expected.insert(std::string(phase_name) + " " + std::string(row.name));
    }
  }
  std::set<std::string> produced;
  for (const Script& script : all_scripts()) produced.insert(failure_of(script.plan, script.events));
  EXPECT_EQ(produced, expected);
}

TEST(EveryReason, HasADetailForPeople) {
  for (const Script& script : all_scripts()) {
    const auto outcome = run(script.plan, script.events);
    ASSERT_TRUE(outcome.result.failure);
    EXPECT_FALSE(outcome.result.failure->detail.empty()) << name(outcome.result.failure->reason);
  }
}

TEST(EveryReason, UnknownFailureCodeKeepsItsNumber) {
  const auto outcome = run(literal_plan(), until_confirm() + Events{confirm_failure(99)});
  EXPECT_EQ(outcome.result.failure->number, 99);
  EXPECT_EQ(outcome.result.failure->detail,
            "RDP_NEG_FAILURE 99, a code that the specification does not list");
}

}  // namespace
}  // namespace rdpwatch::handshake
