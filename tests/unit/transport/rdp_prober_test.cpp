// The prober against every personality of the simulated host, over real sockets: what each one must be
// called. A personality that is missing here fails the test, so none is added without its verdict.

#include "probes/transport/rdp_prober.hpp"

#include <gmock/gmock.h>

#include "tests/unit/transport/rdp_prober_fixture.hpp"

namespace rdpwatch::transport {
namespace {

struct Expected {
  std::string verdict;  ///< "ok", or "phase reason"
  int connections = 1;
  std::string findings{};  ///< separated by spaces
};

const std::map<std::string, Expected>& expectations() {
  static const std::string old = "legacy_rdp_security nla_not_required";
  static const std::map<std::string, Expected> table{
      {"healthy", {"ok"}},
      {"healthy_tls12", {"ok"}},
      {"healthy_tls13", {"ok"}},
      {"nla_required", {"ok"}},
      {"byte_by_byte", {"ok"}},
      {"slow", {"ok"}},
      {"direct_tls", {"negotiate connection_closed"}},
      {"windows_xp", {"negotiate protocol_not_allowed", 1, old}},
      {"rdp_selected", {"negotiate protocol_not_allowed", 1, old}},
      {"rdp_only", {"negotiate protocol_not_allowed", 2, old}},
      {"tls_only", {"ok"}},
      {"tls10", {"ok", 2, "legacy_tls"}},
      {"tls11", {"ok", 2, "legacy_tls"}},
      {"no_certificate", {"ok", 2, "legacy_tls no_certificate"}},
      {"expires_in_12_days", {"ok"}},
      {"expired", {"ok"}},
      {"not_yet_valid", {"ok"}},
      {"rsa1024", {"ok"}},
      {"sha1", {"ok"}},
      {"ecdsa", {"ok"}},
      {"no_eku", {"ok"}},
      {"client_auth_eku", {"ok"}},
      {"no_digital_signature", {"ok"}},
      {"negative_serial", {"ok"}},
      {"zero_serial", {"ok"}},
      {"failure_1", {"negotiate ssl_required_by_server", 2}},
      {"failure_2", {"negotiate ssl_not_allowed_by_server", 2}},
      {"failure_3", {"negotiate ssl_cert_not_on_server"}},
      {"failure_4", {"negotiate inconsistent_flags"}},
      {"failure_5", {"negotiate hybrid_required_by_server"}},
      {"failure_6", {"negotiate ssl_with_user_auth_required_by_server"}},
      {"failure_unknown", {"negotiate negotiation_failure_unknown"}},
      {"selects_unrequested", {"negotiate unexpected_pdu"}},
      {"malformed_tpkt", {"negotiate malformed_pdu"}},
      {"oversized_tpkt", {"negotiate oversized_pdu"}},
      {"malformed_x224", {"negotiate malformed_pdu"}},
      {"disconnect_ultimatum", {"negotiate unexpected_pdu"}},
      {"half_confirm", {"negotiate connection_closed"}},
      {"ssh", {"negotiate not_rdp"}},
      {"smtp", {"negotiate not_rdp"}},
      {"vnc", {"negotiate not_rdp"}},
      {"http", {"negotiate not_rdp"}},
      {"h323", {"negotiate not_rdp"}},
      {"garbage", {"negotiate not_rdp"}},
      {"reset_on_accept", {"negotiate connection_reset"}},
      {"close_on_accept", {"negotiate connection_closed"}},
      {"silent", {"negotiate timeout"}},
      {"reset_after_request", {"negotiate connection_reset"}},
      {"close_after_request", {"negotiate connection_closed"}},
      {"stall_after_request", {"negotiate timeout"}},
      {"reset_after_confirm", {"tls connection_reset", 2}},
      {"close_after_confirm", {"tls connection_closed", 2}},
      {"stall_after_confirm", {"tls timeout"}},
      {"reset_after_client_hello", {"tls connection_reset", 2}},
      {"close_after_client_hello", {"tls connection_closed", 2}},
      {"stall_after_client_hello", {"tls timeout"}},
      {"reset_in_server_hello", {"tls connection_reset", 2}},
      {"close_in_server_hello", {"tls connection_closed", 2}},
      {"stall_in_server_hello", {"tls timeout"}},
      {"reset_after_server_hello", {"tls connection_reset", 2}},
      {"close_after_server_hello", {"tls connection_closed", 2}},
      {"stall_after_server_hello", {"tls timeout"}},
      // The handshake is over for a client before the server breaks: depth tls is reached.
      {"reset_after_tls", {"ok"}},
      {"close_after_tls", {"ok"}},
      {"stall_after_tls", {"ok"}},
      {"tls_alert_handshake_failure", {"tls tls_alert", 2}},
      {"tls_alert_internal_error", {"tls tls_alert", 2}},
      {"tls_not_spoken", {"tls tls_not_spoken", 2}},
      {"tls_garbage", {"tls tls_protocol_error", 2}},
      // What they say within TLS is beyond depth tls.
      {"nla_windows_2022", {"ok"}},
      {"nla_v2", {"ok"}},
      {"nla_clock_ahead", {"ok"}},
      {"nla_wrong_name", {"ok"}},
      {"nla_no_version", {"ok"}},
      {"nla_no_timestamp", {"ok"}},
      {"nla_closes", {"ok"}},
      {"nla_resets", {"ok"}},
      {"nla_stalls", {"ok"}},
      {"nla_half", {"ok"}},
      {"nla_logon_failure", {"ok"}},
      {"nla_ntlm_blocked", {"ok"}},
      {"nla_not_supported", {"ok"}},
      {"nla_account_locked", {"ok"}},
      {"nla_access_denied", {"ok"}},
      {"nla_no_logon_servers", {"ok"}},
      {"nla_rejects", {"ok"}},
      {"nla_no_token", {"ok"}},
      {"nla_malformed", {"ok"}},
      {"nla_garbage_token", {"ok"}},
      {"nla_answers_rdp", {"ok"}},
      {"nla_early_denied", {"ok"}},
      {"session_valid_client", {"ok", 1, "nla_not_required"}},
      {"session_license_request", {"ok", 1, "nla_not_required"}},
      {"session_no_license", {"ok", 1, "nla_not_required"}},
      {"session_no_license_server", {"ok", 1, "nla_not_required"}},
      {"session_demand_active", {"ok", 1, "nla_not_required"}},
      {"session_autodetect", {"ok", 1, "nla_not_required"}},
      {"session_stalls_at_licensing", {"ok", 1, "nla_not_required"}},
      {"session_resets_at_licensing", {"ok", 1, "nla_not_required"}},
      {"session_closes_at_licensing", {"ok", 1, "nla_not_required"}},
      {"session_malformed_license", {"ok", 1, "nla_not_required"}},
      {"session_denied", {"ok", 1, "nla_not_required"}},
      {"session_insufficient_privileges", {"ok", 1, "nla_not_required"}},
      {"session_license_error_info", {"ok", 1, "nla_not_required"}},
      {"session_crash", {"ok", 1, "nla_not_required"}},
      {"session_tampered", {"ok", 1, "nla_not_required"}},
      {"session_connect_refused", {"ok", 1, "nla_not_required"}},
      {"session_attach_refused", {"ok", 1, "nla_not_required"}},
      {"session_join_refused", {"ok", 1, "nla_not_required"}},
      {"session_ultimatum_at_connect", {"ok", 1, "nla_not_required"}},
      {"session_ultimatum_at_attach", {"ok", 1, "nla_not_required"}},
      {"session_ultimatum_at_join", {"ok", 1, "nla_not_required"}},
      {"session_ultimatum_at_info", {"ok", 1, "nla_not_required"}},
      {"session_stalls_at_mcs", {"ok", 1, "nla_not_required"}},
      {"session_resets_at_mcs", {"ok", 1, "nla_not_required"}},
      {"session_closes_at_mcs", {"ok", 1, "nla_not_required"}},
      {"session_malformed_connect_response", {"ok", 1, "nla_not_required"}},
      {"audit_hardened", {"ok"}},
      {"audit_permissive", {"ok"}},
      {"audit_rdp_only", {"negotiate protocol_not_allowed", 1, old}},
      {"audit_tls_only", {"ok", 1, "nla_not_required"}},
      {"audit_resets_old_tls", {"ok"}},
      {"audit_drops_rdstls", {"ok"}},
      // A probe as of every minute: with a cookie, with NLA, and to an address, which is no SNI.
      {"cuts_client_hello", {"tls connection_reset", 2}},
      {"cuts_client_hello_alerts", {"tls connection_reset", 2}},
      {"resets_first_bytes", {"tls connection_reset", 2}},
      {"closes_first_bytes", {"tls connection_closed", 2}},
      {"cuts_server_name", {"ok"}},
      {"cuts_cookie", {"negotiate connection_reset"}},
      {"cuts_hybrid", {"negotiate connection_reset"}},
      {"takes_direct_tls", {"ok"}},
      {"cuts_request_takes_direct_tls", {"negotiate connection_reset"}},
      {"tls10_tls11", {"ok", 2, "legacy_tls"}},
      {"tls10_tls11_resets", {"ok", 2, "legacy_tls"}},
      {"tls13_resets", {"ok"}},
  };
  return table;
}

TEST_F(RdpProberTest, CallsEveryPersonalityByItsName) {
  for (const auto& personality : sim::personalities()) {
    const std::string name(personality.name);
    ASSERT_TRUE(expectations().contains(name)) << name << " has no expectation here";
    ProbePlan plan = this->plan(address_named(name));
    // Only where silence is the answer does its length matter.
    if (expectations().at(name).verdict == "negotiate timeout") plan.bounds.negotiate = 300ms;
    if (expectations().at(name).verdict == "tls timeout") plan.bounds.tls = 300ms;
    start(std::move(plan), name);
  }
  run_until_done();
  for (const auto& [name, expected] : expectations()) {
    ASSERT_TRUE(results_.contains(name)) << name;
    const ProbeResult& result = results_[name];
    const std::string detail = result.failure ? result.failure->detail : "";
    EXPECT_EQ(verdict(result), expected.verdict) << name << ": " << detail;
    EXPECT_EQ(result.connections, expected.connections) << name;
    EXPECT_EQ(findings(result), expected.findings) << name;
    EXPECT_TRUE(result.transport) << name;
  }
}

TEST_F(RdpProberTest, HealthyHostIsClosedInAnOrderlyWay) {
  const std::string address = address_named("healthy");
  EXPECT_EQ(verdict(probe(plan(address))), "ok");
  const auto stats = simulator_.stats(address);
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->connections, 1u);
  EXPECT_EQ(stats->closed_by_close_notify, 1u);
  EXPECT_EQ(stats->reset_by_client, 0u);
}

TEST_F(RdpProberTest, ReportsTheKernelsMeasurements) {
  const ProbeResult result = probe(plan(address_named("healthy")));
  ASSERT_TRUE(result.transport);
  EXPECT_GT(result.transport->rtt, 0ms);
  EXPECT_EQ(result.transport->retransmits, 0u);
  EXPECT_EQ(result.address, address_named("healthy") + ":" + std::to_string(simulator_.port()));
}

TEST_F(RdpProberTest, SaysHowManyBytesCameBeforeTheBreak) {
  const ProbeResult result = probe(plan(address_named("close_in_server_hello")));
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->detail,
              testing::MatchesRegex("closed .* after ClientHello, 20 bytes received"));
}

TEST_F(RdpProberTest, AlertKeepsItsNumberAndName) {
  const ProbeResult result = probe(plan(address_named("tls_alert_handshake_failure")));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->number, 40);
  EXPECT_THAT(result.failure->detail, testing::HasSubstr("received alert handshake_failure (40)"));
}

TEST_F(RdpProberTest, ClosedPortIsRefused) {
  ProbePlan closed = plan("127.0.21.250");
  closed.port = 9;  // nothing serves discard on loopback
  EXPECT_EQ(verdict(probe(std::move(closed))), "connect connection_refused");
}

TEST_F(RdpProberTest, WhatTheKernelRefusesIsOurOwnFault) {
  ProbePlan unusable = plan("127.0.21.1");
  unusable.source_address = "192.0.2.77";  // TEST-NET-1: bind() refuses an address that is not ours
  const ProbeResult result = probe(std::move(unusable));
  EXPECT_EQ(result.verdict, Verdict::local_fault);
  EXPECT_EQ(verdict(result), "connect local_resources");
  EXPECT_EQ(result.failure->detail, "EADDRNOTAVAIL: Cannot assign requested address");
}

TEST_F(RdpProberTest, AKnownCertificateIsNotDecodedAgain) {
  const ProbeResult first = probe(plan(address_named("healthy")));
  ASSERT_TRUE(first.certificate);
  EXPECT_EQ(first.certificate->problems, std::vector{handshake::CertificateProblem::self_signed});
  auto known = *first.certificate;
  known.subject = "CN=as it was decoded before";
  known.problems.clear();  // the judgement is made anew, as it depends on the time and the policy
  ProbePlan again = plan(address_named("healthy"));
  again.known_certificate = std::make_shared<const handshake::CertificateFacts>(known);
  const ProbeResult second = probe(again);
  ASSERT_TRUE(second.certificate);
  EXPECT_EQ(second.certificate->subject, "CN=as it was decoded before");
  EXPECT_EQ(second.certificate->problems, std::vector{handshake::CertificateProblem::self_signed});

  known.sha256 = std::string(64, '0');
  again.known_certificate = std::make_shared<const handshake::CertificateFacts>(known);
  const ProbeResult other = probe(again);
  ASSERT_TRUE(other.certificate);
  EXPECT_EQ(other.certificate->subject, first.certificate->subject);
}

TEST_F(RdpProberTest, MissingCaFileIsOurOwnFault) {
  ProbePlan without_ca = plan(address_named("healthy"));
  without_ca.ca_file = "/nonexistent/ca.pem";
  const ProbeResult result = probe(std::move(without_ca));
  EXPECT_EQ(result.verdict, Verdict::local_fault);
  EXPECT_THAT(result.failure->detail, testing::HasSubstr("/nonexistent/ca.pem"));
}

TEST_F(RdpProberTest, CancelledProbesAreAbandonedAtEveryStep) {
  for (const char* name :
       {"silent", "stall_after_request", "stall_after_confirm", "stall_after_client_hello"}) {
    results_.clear();
    const std::string address = address_named(name);
    start(plan(address), name);
    while (!simulator_.stats(address)) io_.run_one_for(1s);
    io_.poll();
    cancel_.back().emit(asio::cancellation_type::terminal);
    run_until_done();
    EXPECT_EQ(results_[name].verdict, Verdict::abandoned) << name;
    EXPECT_EQ(results_[name].abandoned_why, "stopped") << name;
    EXPECT_FALSE(results_[name].failure) << name;
  }
}

TEST_F(RdpProberTest, LocalhostIsResolved) {
  ProbePlan named = plan("localhost");
  named.host_is_literal = false;
  named.depth = handshake::Depth::resolve;
  const ProbeResult result = probe(std::move(named));
  EXPECT_EQ(result.verdict, Verdict::success);
  EXPECT_THAT(result.addresses, testing::Contains("127.0.0.1"));
}

}  // namespace
}  // namespace rdpwatch::transport
