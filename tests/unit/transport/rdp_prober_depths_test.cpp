// The prober beyond TLS against every personality of the simulated host that goes there: what each one must
// be called, and that the host has nothing to complain of.

#include <gmock/gmock.h>

#include "probes/handshake/audit.hpp"
#include "probes/wire/rdp_negotiation.hpp"
#include "tests/unit/transport/rdp_prober_fixture.hpp"

namespace rdpwatch::transport {
namespace {

using handshake::Acceptance;
using handshake::Depth;
using handshake::TlsVersion;
using testing::ElementsAre;
using testing::IsEmpty;

struct ExpectedDepth {
  std::string verdict;  ///< "ok", or "phase reason"
  std::string outcome;  ///< of nla or licensing; empty: none
  std::string findings{};
};
using DepthTable = std::map<std::string, ExpectedDepth>;

const DepthTable& nla_expectations() {
  static const DepthTable table{
      {"nla_windows_2022", {"ok", "challenge"}},
      {"nla_v2", {"ok", "challenge"}},
      {"nla_clock_ahead", {"ok", "challenge", "clock_skew"}},
      {"nla_wrong_name", {"ok", "challenge", "host_name_mismatch"}},
      {"nla_no_version", {"ok", "challenge"}},
      {"nla_no_timestamp", {"ok", "challenge"}},
      {"nla_closes", {"ok", "closed_on_negotiate", "nla_closed_on_negotiate"}},
      {"nla_resets", {"nla connection_reset", ""}},
      {"nla_stalls", {"nla timeout", ""}},
      {"nla_half", {"nla connection_closed", ""}},
      {"nla_logon_failure", {"nla credentials_rejected", "error_code"}},
      {"nla_ntlm_blocked", {"ok", "ntlm_refused", "nla_ntlm_refused"}},
      {"nla_not_supported", {"ok", "ntlm_refused", "nla_ntlm_refused"}},
      {"nla_account_locked", {"nla account_restricted", "error_code"}},
      {"nla_access_denied", {"nla access_denied", "error_code"}},
      {"nla_no_logon_servers", {"nla nla_protocol_error", "error_code"}},
      {"nla_rejects", {"ok", "ntlm_refused", "nla_ntlm_refused"}},
      {"nla_no_token", {"ok", "ntlm_refused", "nla_ntlm_refused"}},
      {"nla_malformed", {"nla malformed_pdu", ""}},
      {"nla_garbage_token", {"nla malformed_pdu", ""}},
      {"nla_answers_rdp", {"nla unexpected_pdu", ""}},
      {"nla_early_denied", {"nla access_denied", ""}},
  };
  return table;
}

const DepthTable& licensing_expectations() {
  static const std::string open = "nla_not_required";
  static const DepthTable table{
      {"session_valid_client", {"ok", "valid_client", open}},
      {"session_license_request", {"ok", "license_request", open}},
      {"session_no_license", {"licensing license_refused", ""}},
      {"session_no_license_server", {"licensing license_error", ""}},
      {"session_demand_active", {"ok", "demand_active", open}},
      {"session_autodetect", {"ok", "valid_client", open}},
      {"session_stalls_at_licensing", {"licensing timeout", ""}},
      {"session_resets_at_licensing", {"licensing connection_reset", ""}},
      {"session_closes_at_licensing", {"licensing connection_closed", ""}},
      {"session_malformed_license", {"licensing malformed_pdu", ""}},
      {"session_denied", {"licensing access_denied", ""}},
      {"session_insufficient_privileges", {"licensing access_denied", ""}},
      {"session_license_error_info", {"licensing license_error", ""}},
      {"session_crash", {"licensing error_info", ""}},
      {"session_tampered", {"ok", "valid_client", open + " negotiation_tampered"}},
      {"session_connect_refused", {"mcs mcs_refused", ""}},
      {"session_attach_refused", {"mcs mcs_refused", ""}},
      {"session_join_refused", {"mcs mcs_refused", ""}},
      {"session_ultimatum_at_connect", {"mcs mcs_refused", ""}},
      {"session_ultimatum_at_attach", {"mcs mcs_refused", ""}},
      {"session_ultimatum_at_join", {"mcs mcs_refused", ""}},
      {"session_ultimatum_at_info", {"licensing mcs_refused", ""}},
      {"session_stalls_at_mcs", {"mcs timeout", ""}},
      {"session_resets_at_mcs", {"mcs connection_reset", ""}},
      {"session_closes_at_mcs", {"mcs connection_closed", ""}},
      {"session_malformed_connect_response", {"mcs malformed_pdu", ""}},
      {"nla_required", {"ok", ""}},  // passed by
  };
  return table;
}

std::string outcome(const ProbeResult& result) {
  if (result.licensing) return std::string(name(result.licensing->outcome));
  return result.nla ? std::string(name(result.nla->outcome)) : "";
}

class RdpProberDepthsTest : public RdpProberTest {
 protected:
  void start_all(const DepthTable& table, Depth depth, std::uint32_t requested) {
    for (const auto& [name, expected] : table) {
      ProbePlan plan = this->plan(address_named(name));
      plan.depth = depth;
      plan.requested_protocols = requested;
      // The names that hosts give themselves by default.
      plan.server_name = "sim-" + with_dashes(plan.host);
      // Only where silence is the answer does its length matter.
      if (expected.verdict == "nla timeout") plan.bounds.nla = 300ms;
      if (expected.verdict == "mcs timeout") plan.bounds.mcs = 300ms;
      if (expected.verdict == "licensing timeout") plan.bounds.licensing = 300ms;
      start(std::move(plan), name);
    }
    run_until_done();
  }

  static std::string with_dashes(std::string address) {
    std::replace(address.begin(), address.end(), '.', '-');
    return address;
  }

  void expect_all(const DepthTable& table) {
    for (const auto& [name, expected] : table) {
      ASSERT_TRUE(results_.contains(name)) << name;
      const ProbeResult& result = results_[name];
      const std::string detail = result.failure ? result.failure->detail : "";
      EXPECT_EQ(verdict(result), expected.verdict) << name << ": " << detail;
      EXPECT_EQ(outcome(result), expected.outcome) << name;
      EXPECT_EQ(without_certificates(findings(result)), expected.findings) << name;
    }
  }

  // The certificate's name is not what these hosts are about.
  static std::string without_certificates(std::string findings) {
    for (const std::string other : {" name_mismatch", "name_mismatch "}) {
      const auto found = findings.find(other);
      if (found != std::string::npos && findings.find("host_" + other.substr(1)) == std::string::npos)
        findings.erase(found, other.size());
    }
    if (findings == "name_mismatch") findings.clear();
    return findings;
  }

  sim::HostStats stats_of(std::string_view name) { return simulator_.stats(address_named(name)).value(); }
};

TEST_F(RdpProberDepthsTest, CallsEveryAnswerToNlaByItsName) {
  for (const auto& personality : sim::personalities()) {
    const std::string name(personality.name);
    if (!name.starts_with("nla_") || name == "nla_required") continue;
    EXPECT_TRUE(nla_expectations().contains(name)) << name << " has no expectation here";
  }
  start_all(nla_expectations(), Depth::nla, 0x0B);
  expect_all(nla_expectations());
  for (const auto& [name, expected] : nla_expectations()) {
    const sim::HostStats stats = stats_of(name);
    EXPECT_EQ(stats.nla_negotiates, 1u) << name;
    EXPECT_EQ(stats.nla_authenticates, 0u) << name << ": a logon attempt";
    EXPECT_EQ(stats.session_errors, 0u) << name << ": " << stats.last_session_error;
    EXPECT_EQ(stats.connections, 1u) << name;
  }
}

TEST_F(RdpProberDepthsTest, HostNamesItself) {
  ProbePlan plan = this->plan(address_named("nla_windows_2022"));
  plan.depth = Depth::nla;
  const ProbeResult result = probe(plan);
  ASSERT_TRUE(result.host);
  EXPECT_EQ(result.host->os_name, "Windows Server 2022");
  EXPECT_EQ(result.host->netbios_computer, "SIM-" + with_dashes(plan.host).substr(0, 11));
  ASSERT_TRUE(result.host->clock_skew);
  EXPECT_LT(std::abs(result.host->clock_skew->count()), 5);
  EXPECT_EQ(stats_of("nla_windows_2022").closed_by_close_notify, 1u);
}

TEST_F(RdpProberDepthsTest, ClockThatIsAhead) {
  ProbePlan plan = this->plan(address_named("nla_clock_ahead"));
  plan.depth = Depth::nla;
  const ProbeResult result = probe(plan);
  ASSERT_TRUE(result.host && result.host->clock_skew);
  EXPECT_NEAR(result.host->clock_skew->count(), 7200, 5);
}

TEST_F(RdpProberDepthsTest, HostWithoutNla) {
  ProbePlan plan = this->plan(address_named("session_valid_client"));
  plan.depth = Depth::nla;
  const ProbeResult result = probe(plan);
  EXPECT_EQ(verdict(result), "ok");
  EXPECT_EQ(outcome(result), "no_credssp");
  ASSERT_EQ(result.not_applicable.size(), 1u);
  EXPECT_EQ(result.not_applicable[0].phase, handshake::Phase::nla);
}

TEST_F(RdpProberDepthsTest, CallsEveryAnswerToASessionByItsName) {
  for (const auto& personality : sim::personalities()) {
    const std::string name(personality.name);
    if (!name.starts_with("session_")) continue;
    EXPECT_TRUE(licensing_expectations().contains(name)) << name << " has no expectation here";
  }
  start_all(licensing_expectations(), Depth::licensing, 0x01);
  expect_all(licensing_expectations());
  for (const auto& [name, expected] : licensing_expectations()) {
    const sim::HostStats stats = stats_of(name);
    EXPECT_EQ(stats.session_errors, 0u) << name << ": " << stats.last_session_error;
    EXPECT_EQ(stats.reset_by_client, 0u) << name;
    if (expected.verdict != "ok") continue;
    EXPECT_EQ(stats.ultimatums, name == "nla_required" ? 0u : 1u) << name;
  }
}

TEST_F(RdpProberDepthsTest, CancelledInEveryPhase) {
  for (const char* name : {"nla_stalls", "session_stalls_at_mcs", "session_stalls_at_licensing"}) {
    results_.clear();
    const std::string address = address_named(name);
    ProbePlan plan = this->plan(address);
    const bool nla = std::string_view(name) == "nla_stalls";
    plan.depth = nla ? Depth::nla : Depth::licensing;
    plan.requested_protocols = nla ? 0x0B : 0x01;
    start(plan, name);
    const auto reached = [&] {
      const auto stats = simulator_.stats(address);
      return stats && stats->nla_negotiates + stats->connect_initials > 0;
    };
    while (!reached()) io_.run_one_for(1s);
    io_.poll();
    cancel_.back().emit(asio::cancellation_type::terminal);
    run_until_done();
    EXPECT_EQ(results_[name].verdict, Verdict::abandoned) << name;
    EXPECT_FALSE(results_[name].failure) << name;
  }
}

class AuditOverSockets : public RdpProberDepthsTest {
 protected:
  handshake::AuditResult audit(std::string_view name) {
    handshake::Audit audit(plan(address_named(name)));
    while (const auto step = audit.next()) audit.note(probe(*step));
    return audit.take_result();
  }
};

std::string accepted(const handshake::AuditResult& result) {
  std::string text;
  for (const auto& answer : result.protocols)
    text += answer.accepts == Acceptance::yes ? "y" : answer.accepts == Acceptance::no ? "n" : "?";
  text += " ";
  for (const auto& answer : result.tls)
    text += answer.accepts == Acceptance::yes ? "y" : answer.accepts == Acceptance::no ? "n" : "?";
  return text;  // rdp ssl hybrid hybrid_ex rdstls, TLS 1.0 1.1 1.2 1.3
}

TEST_F(AuditOverSockets, Hardened) {
  const auto result = audit("audit_hardened");
  EXPECT_EQ(accepted(result), "nnyyn nnyy");
  EXPECT_EQ(result.nla_required, true);
  EXPECT_THAT(result.findings, IsEmpty());
  EXPECT_EQ(result.connections, 7);
}

TEST_F(AuditOverSockets, Permissive) {
  const auto result = audit("audit_permissive");
  EXPECT_EQ(accepted(result), "yyyyn yyyy");
  EXPECT_EQ(result.nla_required, false);
  ASSERT_TRUE(result.rdp_security);
  EXPECT_EQ(result.rdp_security->encryption_method, 1u);
  EXPECT_EQ(result.rdp_security->encryption_level, 1u);
  EXPECT_EQ(result.rdp_security->rdp_key_bits, 512u);
  EXPECT_THAT(result.findings, ElementsAre("legacy_rdp_security", "nla_not_required", "legacy_tls",
                                           "weak_rdp_encryption", "weak_rdp_key"));
  EXPECT_EQ(result.connections, 6);
}

TEST_F(AuditOverSockets, StandardRdpSecurityOnly) {
  const auto result = audit("audit_rdp_only");
  EXPECT_EQ(accepted(result), "ynnnn ????");
  EXPECT_EQ(result.rdp_security->encryption_method, 2u);
  EXPECT_EQ(result.connections, 5);
}

TEST_F(AuditOverSockets, TlsOnly) {
  const auto result = audit("audit_tls_only");
  EXPECT_EQ(accepted(result), "nynnn nnyn");
  EXPECT_EQ(result.nla_required, false);
  EXPECT_EQ(result.connections, 8);
}

TEST_F(AuditOverSockets, HostThatResetsOldVersions) {
  const auto result = audit("audit_resets_old_tls");
  EXPECT_EQ(accepted(result).substr(6), "nnyn");
}

TEST_F(AuditOverSockets, HostThatDropsRdstls) {
  const auto result = audit("audit_drops_rdstls");
  EXPECT_EQ(accepted(result).substr(4, 1), "?");
  EXPECT_EQ(result.protocols[4].detail.substr(0, 30), "connection_closed in negotiate");
}

TEST_F(AuditOverSockets, LeavesNoMarkOnTheHost) {
  for (const char* const name : {"audit_hardened", "audit_permissive", "audit_rdp_only", "audit_tls_only"}) {
    audit(name);
    const sim::HostStats stats = stats_of(name);
    EXPECT_EQ(stats.reset_by_client, 0u) << name;
    EXPECT_EQ(stats.session_errors, 0u) << name << ": " << stats.last_session_error;
    EXPECT_EQ(stats.nla_negotiates, 0u) << name;
    EXPECT_EQ(stats.client_infos, 0u) << name << ": no session was begun";
    EXPECT_EQ(stats.max_open, 1u) << name;
  }
}

}  // namespace
}  // namespace rdpwatch::transport
