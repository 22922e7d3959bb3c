// The audit against hosts that are described by what they accept: what is asked, in which order, and what
// follows.

#include "probes/handshake/audit.hpp"

#include <gmock/gmock.h>

#include <set>

#include "probes/wire/rdp_negotiation.hpp"
#include "tests/unit/handshake/script.hpp"

namespace rdpwatch::handshake {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A host by what it accepts; what it does not is refused by RDP_NEG_FAILURE 5 and by alert 70.
struct Host {
  std::set<std::uint32_t> protocols;
  std::set<TlsVersion> versions;
  FailureReason refuses_versions_by = FailureReason::tls_alert;
  std::set<std::uint32_t> drops;                    ///< closes without an answer
  std::optional<std::uint32_t> selects_regardless;  ///< as xrdp does: whatever was asked
  McsFacts rdp{0x00080004, 0, 2, 3, 2048};
};

ProbeResult connected(const ProbePlan& plan) {
  ProbeResult result;
  result.target = plan.target;
  result.address = "10.0.0.9:3389";
  result.connections = 1;
  result.negotiation.emplace();
  result.negotiation->requested = plan.requested_protocols;
  result.verdict = Verdict::success;
  return result;
}

void fail(ProbeResult& result, Phase phase, FailureReason reason, std::string detail) {
  result.verdict = Verdict::failure;
  result.failure = Failure{phase, reason, std::move(detail), {}};
}

void do_tls(const Host& host, const ProbePlan& plan, ProbeResult& result) {
  result.certificate = test::certificate({CertificateProblem::self_signed});
  if (host.versions.contains(*plan.only_tls_version)) {
    result.tls = test::established(*plan.only_tls_version).tls;
  } else {
    fail(result, Phase::tls, host.refuses_versions_by, "told by the script");
    result.certificate.reset();
  }
}

ProbeResult probe(const Host& host, const ProbePlan& plan) {
  ProbeResult result = connected(plan);
  const std::uint32_t asked = plan.requested_protocols;
  if (host.drops.contains(asked)) {
    fail(result, Phase::negotiate, FailureReason::connection_closed, "closed");
    return result;
  }
  if (!host.protocols.contains(asked) && !host.selects_regardless) {
    fail(result, Phase::negotiate, FailureReason::hybrid_required_by_server,
         "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)");
    return result;
  }
  result.negotiation->selected = host.selects_regardless.value_or(asked);
  if (*result.negotiation->selected == 0) {
    if (plan.depth == Depth::mcs) result.mcs = host.rdp;
  } else if (plan.depth == Depth::tls) {
    do_tls(host, plan, result);
  }
  return result;
}

struct Audited {
  std::vector<std::string> questions;  ///< "protocol depth version"
  AuditResult result;
};

std::string question(const ProbePlan& plan) {
  std::string text = std::to_string(plan.requested_protocols) + " " + std::string(name(plan.depth));
  if (plan.only_tls_version) text += " " + std::string(name(*plan.only_tls_version));
  return text;
}

Audited audit(const Host& host) {
  Audit audit(test::literal_plan());
  Audited audited;
  while (const auto plan = audit.next()) {
    EXPECT_FALSE(plan->climb_ladder);
    EXPECT_FALSE(plan->fall_back_to_legacy_tls);
    EXPECT_FALSE(plan->require_tls);
    EXPECT_LE(audit.done() + 1, audit.planned());
    audited.questions.push_back(question(*plan));
    audit.note(probe(host, *plan));
    EXPECT_LE(audit.done(), kMaxAuditProbes);
  }
  EXPECT_EQ(audit.done(), audit.planned());
  audited.result = audit.take_result();
  return audited;
}

constexpr std::uint32_t kRdp = wire::protocol::kRdp;
constexpr std::uint32_t kSsl = wire::protocol::kSsl;
constexpr std::uint32_t kHybrid = wire::protocol::kHybrid;
constexpr std::uint32_t kHybridEx = wire::protocol::kHybridEx;
constexpr std::uint32_t kRdstls = wire::protocol::kRdstls;

TEST(Audit, HostThatDemandsNla) {
  const auto [questions, result] = audit({{kHybrid, kHybridEx, kRdstls},
                                          {TlsVersion::tls12, TlsVersion::tls13},
                                          FailureReason::tls_alert,
                                          {},
                                          {},
                                          {}});
  EXPECT_THAT(questions, ElementsAre("0 mcs", "1 tls TLSv1.2", "2 tls TLSv1.2", "8 tls TLSv1.3",
                                     "4 negotiate", "2 tls TLSv1.1", "2 tls TLSv1"));
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_EQ(result.connections, 7);
  EXPECT_EQ(result.address, "10.0.0.9:3389");
  EXPECT_EQ(accepts(result, kRdp), Acceptance::no);
  EXPECT_EQ(accepts(result, kSsl), Acceptance::no);
  EXPECT_EQ(accepts(result, kHybrid), Acceptance::yes);
  EXPECT_EQ(accepts(result, kHybridEx), Acceptance::yes);
  EXPECT_EQ(accepts(result, kRdstls), Acceptance::yes);
  EXPECT_EQ(accepts(result, TlsVersion::tls10), Acceptance::no);
  EXPECT_EQ(accepts(result, TlsVersion::tls13), Acceptance::yes);
  EXPECT_EQ(result.protocols[0].detail, "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)");
  EXPECT_EQ(result.nla_required, true);
  EXPECT_TRUE(result.certificate);
  EXPECT_THAT(result.findings, IsEmpty());
}

TEST(Audit, HostThatAcceptsEverythingNeedsTheFewestConnections) {
  Host host{{kRdp, kSsl, kHybrid, kHybridEx},
            {TlsVersion::tls10, TlsVersion::tls11, TlsVersion::tls12, TlsVersion::tls13},
            FailureReason::tls_alert,
            {},
            {},
            {0x00080004, 0, 1, 1, 512}};
  const auto [questions, result] = audit(host);
  EXPECT_THAT(questions, ElementsAre("0 mcs", "1 tls TLSv1.2", "2 tls TLSv1.3", "8 tls TLSv1.1",
                                     "4 negotiate", "1 tls TLSv1"));
  EXPECT_EQ(result.nla_required, false);
  EXPECT_EQ(result.rdp_security->rdp_key_bits, 512u);
  EXPECT_THAT(result.findings, ElementsAre("legacy_rdp_security", "nla_not_required", "legacy_tls",
                                           "weak_rdp_encryption", "weak_rdp_key"));
}

TEST(Audit, HostWithTlsAlone) {
  const auto [questions, result] =
      audit({{kSsl}, {TlsVersion::tls12}, FailureReason::connection_reset, {}, {}, {}});
  EXPECT_EQ(questions.size(), 8u);
  EXPECT_EQ(result.nla_required, false);
  EXPECT_EQ(accepts(result, TlsVersion::tls10), Acceptance::no) << "a reset, where another version works";
  EXPECT_THAT(result.findings, ElementsAre("nla_not_required"));
}

TEST(Audit, HostThatChoosesStandardRdpSecurityWhateverIsAsked) {
  Host host;
  host.selects_regardless = kRdp;
  const auto [questions, result] = audit(host);
  EXPECT_THAT(questions,
              ElementsAre("0 mcs", "1 tls TLSv1.2", "2 tls TLSv1.2", "8 tls TLSv1.2", "4 negotiate"));
  EXPECT_EQ(result.verdict, Verdict::success) << "without TLS there is nothing to learn of it";
  EXPECT_EQ(accepts(result, kRdp), Acceptance::yes);
  EXPECT_EQ(accepts(result, kSsl), Acceptance::no);
  EXPECT_EQ(accepts(result, TlsVersion::tls12), Acceptance::unknown);
  EXPECT_EQ(result.protocols[1].detail, "the server chose another protocol");
  EXPECT_EQ(result.nla_required, false);
  EXPECT_EQ(result.rdp_security->encryption_level, 3u);
  EXPECT_THAT(result.findings, ElementsAre("legacy_rdp_security", "nla_not_required"));
}

TEST(Audit, RdstlsIsNotAskedWhereAQuestionStayedUnanswered) {
  Host host{{kSsl, kHybrid}, {TlsVersion::tls12}, FailureReason::tls_alert, {kRdp}, {}, {}};
  const auto [questions, result] = audit(host);
  EXPECT_THAT(questions, testing::Not(testing::Contains("4 negotiate")));
  EXPECT_EQ(accepts(result, kRdp), Acceptance::unknown);
  EXPECT_EQ(accepts(result, kRdstls), Acceptance::unknown);
  EXPECT_EQ(result.protocols[0].detail, "connection_closed in negotiate: closed");
  EXPECT_EQ(
      result.protocols[4].detail,
      "not asked: the host left another question unanswered, and this one can make servers drop clients");
  EXPECT_EQ(result.nla_required, false) << "TLS alone is enough to know";
}

TEST(Audit, BrokenTlsIsAFailureAndNoVerdictOnVersions) {
  const auto [questions, result] =
      audit({{kHybrid, kHybridEx}, {}, FailureReason::connection_reset, {}, {}, {}});
  EXPECT_EQ(result.verdict, Verdict::failure);
  EXPECT_EQ(result.failure->phase, Phase::tls);
  EXPECT_EQ(result.failure->reason, FailureReason::connection_reset);
  for (const auto& answer : result.tls) EXPECT_EQ(answer.accepts, Acceptance::unknown);
  EXPECT_EQ(result.nla_required, true);
}

TEST(Audit, HostThatRefusesEverythingFails) {
  const auto [questions, result] = audit({});
  EXPECT_EQ(questions.size(), 5u);
  EXPECT_EQ(result.verdict, Verdict::failure);
  EXPECT_EQ(result.failure->detail, "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)");
  EXPECT_FALSE(result.nla_required);
}

TEST(Audit, HostThatCannotBeReachedIsAskedOnce) {
  Audit audit(test::literal_plan());
  ASSERT_TRUE(audit.next());
  ProbeResult refused;
  refused.address = "10.0.0.9:3389";
  refused.connections = 1;
  fail(refused, Phase::connect, FailureReason::connection_refused, "refused");
  audit.note(refused);
  EXPECT_FALSE(audit.next());
  const auto result = audit.take_result();
  EXPECT_EQ(result.verdict, Verdict::failure);
  EXPECT_EQ(result.failure->reason, FailureReason::connection_refused);
  EXPECT_FALSE(result.nla_required);
}

// Whatever a host does from its k-th connection on, the audit ends within its bound.
TEST(Audit, EndsAgainstAHostThatChangesItsMind) {
  const Host open{
      {kRdp, kSsl, kHybrid, kHybridEx}, {TlsVersion::tls12}, FailureReason::tls_alert, {}, {}, {}};
  Host chooses_rdp;
  chooses_rdp.selects_regardless = kRdp;
  const Host drops{{}, {}, FailureReason::tls_alert, {kRdp, kSsl, kHybrid, kHybridEx, kRdstls}, {}, {}};
  for (const Host& later : {chooses_rdp, drops}) {
    for (int k = 1; k <= kMaxAuditProbes; ++k) {
      Audit audit(test::literal_plan());
      int probes = 0;
      while (const auto plan = audit.next()) {
        ASSERT_LE(++probes, kMaxAuditProbes) << "from connection " << k << " on";
        audit.note(probe(probes < k ? open : later, *plan));
      }
      const auto result = audit.take_result();
      EXPECT_NE(result.verdict, Verdict::abandoned);
    }
  }
}

TEST(Audit, OneLostConnectionLeavesOneQuestionOpen) {
  const Host host{{kHybrid, kHybridEx}, {TlsVersion::tls12}, FailureReason::tls_alert, {}, {}, {}};
  for (int lost = 2; lost <= 7; ++lost) {
    Audit audit(test::literal_plan());
    int probes = 0;
    while (const auto plan = audit.next()) {
      ProbeResult result = probe(host, *plan);
      if (++probes == lost) {
        result.negotiation.reset();
        fail(result, Phase::connect, FailureReason::timeout, "no answer");
      }
      audit.note(result);
    }
    const auto result = audit.take_result();
    EXPECT_EQ(result.verdict, Verdict::success) << lost;
    const auto open = [](const auto& answer) { return answer.detail == "timeout in connect: no answer"; };
    EXPECT_EQ(std::ranges::count_if(result.protocols, open) + std::ranges::count_if(result.tls, open), 1)
        << lost;
  }
}

TEST(Audit, HostThatGoesAwayKeepsWhatWasLearnt) {
  Host host;
  host.protocols = {kRdp};
  Audit audit(test::literal_plan());
  int probes = 0;
  while (const auto plan = audit.next()) {
    ProbeResult result = probe(host, *plan);
    if (++probes > 1) {
      result.negotiation.reset();
      fail(result, Phase::connect, FailureReason::connection_refused, "refused");
    }
    audit.note(result);
  }
  EXPECT_EQ(probes, 3);
  const auto result = audit.take_result();
  EXPECT_EQ(result.verdict, Verdict::failure);
  EXPECT_EQ(result.nla_required, false);
  EXPECT_THAT(result.findings, ElementsAre("legacy_rdp_security", "nla_not_required"));
}

TEST(Audit, WhatTheNetworkReportsIsNoAnswerAboutVersions) {
  for (const FailureReason reason : {FailureReason::host_unreachable, FailureReason::timeout,
                                     FailureReason::tls_not_spoken, FailureReason::tls_protocol_error}) {
    const auto result = audit({{kSsl}, {TlsVersion::tls12}, reason, {}, {}, {}}).result;
    EXPECT_EQ(accepts(result, TlsVersion::tls10), Acceptance::unknown) << name(reason);
    EXPECT_EQ(accepts(result, TlsVersion::tls12), Acceptance::yes);
  }
}

TEST(Audit, OurOwnFaultsAndCutsEndItWithoutAVerdict) {
  for (const Verdict verdict : {Verdict::local_fault, Verdict::abandoned}) {
    Audit audit(test::literal_plan());
    ASSERT_TRUE(audit.next());
    ProbeResult ended;
    ended.verdict = verdict;
    if (verdict == Verdict::abandoned) ended.abandoned_why = "rate_cap";
    if (verdict == Verdict::local_fault)
      ended.failure = Failure{Phase::connect, FailureReason::local_resources, "EMFILE", {}};
    audit.note(ended);
    EXPECT_FALSE(audit.next());
    EXPECT_EQ(audit.take_result().verdict, verdict);
  }
}

TEST(Audit, StaysWithTheAddressThatAnsweredFirst) {
  Audit audit(test::name_plan());
  const auto first = audit.next();
  EXPECT_EQ(first->pinned_address, "");
  ProbeResult result = probe({{kRdp}, {}, {}, {}, {}, {}}, *first);
  result.addresses = {"10.0.0.9", "10.0.0.10"};
  audit.note(result);
  EXPECT_EQ(audit.next()->pinned_address, "10.0.0.9");

  Audit v6(test::name_plan());
  const auto plan = v6.next();
  result.address = "[2001:db8::9]:3389";
  v6.note(result);
  EXPECT_EQ(v6.next()->pinned_address, "2001:db8::9");
}

TEST(Audit, EncryptionThatAClientMayWeakenIsWeak) {
  const auto findings = [](std::uint32_t method, std::uint32_t level) {
    Host host{{kRdp}, {}, FailureReason::tls_alert, {}, {}, {0x00080004, 0, method, level, 2048}};
    return audit(host).result.findings;
  };
  EXPECT_THAT(findings(2, 3), ElementsAre("legacy_rdp_security", "nla_not_required"));
  EXPECT_THAT(findings(0x10, 4), ElementsAre("legacy_rdp_security", "nla_not_required"));
  EXPECT_THAT(findings(2, 2), ElementsAre("legacy_rdp_security", "nla_not_required", "weak_rdp_encryption"));
  EXPECT_THAT(findings(0, 0), ElementsAre("legacy_rdp_security", "nla_not_required", "weak_rdp_encryption"));
}

}  // namespace
}  // namespace rdpwatch::handshake
