// What only experiments vary, over real sockets; and that a failure's moment is what happened on the wire.

#include <gmock/gmock.h>
#include <netinet/tcp.h>

#include <boost/asio/ip/tcp.hpp>

#include "tests/unit/transport/rdp_prober_fixture.hpp"

namespace rdpwatch::transport {
namespace {

using handshake::Depth;

class ExperimentTest : public RdpProberTest {
 protected:
  ProbePlan plan_for(std::string_view name) const { return plan(address_named(name)); }
  sim::HostStats stats_of(std::string_view name) { return simulator_.stats(address_named(name)).value(); }

  ProbeResult direct(std::string_view name) {
    ProbePlan plan = plan_for(name);
    plan.tls_at_once = true;
    return probe(std::move(plan));
  }

  ProbeResult garbage(std::string_view name) {
    ProbePlan plan = plan_for(name);
    plan.garbage_for_client_hello = true;
    return probe(std::move(plan));
  }
};

/// "ClientHello, 20 bytes".
std::string moment(const ProbeResult& result) {
  if (!result.failure || !result.failure->moment) return "none";
  const handshake::IoMoment& moment = *result.failure->moment;
  EXPECT_GE(moment.since_last_send, 0ns);
  EXPECT_LT(moment.since_last_send, result.duration);
  return moment.last_sent + ", " + std::to_string(moment.bytes_received) + " bytes";
}

// ---- The server name -----------------------------------------------------------------------------------

TEST_F(ExperimentTest, ServerNameIsLeftOut) {
  ProbePlan named = plan_for("healthy");
  named.server_name = "farm.example.com";
  EXPECT_EQ(verdict(probe(named)), "ok");
  EXPECT_EQ(stats_of("healthy").last_server_name, "farm.example.com");
  named.send_sni = false;
  EXPECT_EQ(verdict(probe(named)), "ok");
  EXPECT_EQ(stats_of("healthy").last_server_name, "");
}

TEST_F(ExperimentTest, ServerNameThatCutsTheConnection) {
  ProbePlan named = plan_for("cuts_server_name");
  named.server_name = "farm.example.com";
  EXPECT_EQ(verdict(probe(named)), "tls connection_reset");
  named.send_sni = false;
  EXPECT_EQ(verdict(probe(named)), "ok");
}

TEST_F(ExperimentTest, CookieAndMaskThatCutTheConnection) {
  ProbePlan without_cookie = plan_for("cuts_cookie");
  without_cookie.cookie.clear();
  EXPECT_EQ(verdict(probe(without_cookie)), "ok");
  ProbePlan without_nla = plan_for("cuts_hybrid");
  without_nla.requested_protocols = 1;
  EXPECT_EQ(verdict(probe(without_nla)), "ok");
}

// ---- The segments' size --------------------------------------------------------------------------------

TEST_F(ExperimentTest, SegmentsAreAsShortAsThePlanSays) {
  asio::ip::tcp::acceptor host(io_, {asio::ip::make_address_v4("127.0.21.252"), 0});
  ProbePlan short_segments = plan("127.0.21.252");
  short_segments.port = host.local_endpoint().port();
  short_segments.max_segment = 536;
  short_segments.depth = Depth::tcp;
  int segment = 0;
  host.async_accept([&segment](boost::system::error_code error, asio::ip::tcp::socket accepted) {
    ASSERT_FALSE(error);
    socklen_t length = sizeof(segment);
    EXPECT_EQ(::getsockopt(accepted.native_handle(), IPPROTO_TCP, TCP_MAXSEG, &segment, &length), 0);
  });
  EXPECT_EQ(verdict(probe(std::move(short_segments))), "ok");
  // What the host may send at once; the kernel takes 12 bytes for its time stamps.
  EXPECT_LE(segment, 536);
  EXPECT_GE(segment, 524);
}

TEST_F(ExperimentTest, HandshakeInShortSegments) {
  ProbePlan short_segments = plan_for("healthy");
  short_segments.max_segment = 88;
  EXPECT_EQ(verdict(probe(std::move(short_segments))), "ok");
}

TEST_F(ExperimentTest, SegmentThatTheKernelRefusesIsOurOwnFault) {
  ProbePlan refused = plan_for("healthy");
  refused.max_segment = 20;
  const ProbeResult result = probe(std::move(refused));
  EXPECT_EQ(result.verdict, Verdict::local_fault);
  EXPECT_EQ(verdict(result), "connect local_resources");
  EXPECT_EQ(result.failure->detail, "EINVAL: Invalid argument");
}

// ---- TLS at once ---------------------------------------------------------------------------------------

TEST_F(ExperimentTest, DirectTlsIsAnswered) {
  for (const char* const name : {"direct_tls", "takes_direct_tls", "cuts_request_takes_direct_tls"}) {
    const ProbeResult result = direct(name);
    EXPECT_EQ(verdict(result), "ok") << name;
    EXPECT_TRUE(result.tls) << name;
    EXPECT_TRUE(result.certificate) << name;
    EXPECT_FALSE(result.negotiation) << name;
    const sim::HostStats stats = stats_of(name);
    EXPECT_EQ(stats.requests, 0u) << name;
    EXPECT_EQ(stats.handshakes, 1u) << name;
    EXPECT_EQ(stats.closed_by_close_notify, 1u) << name;
  }
}

TEST_F(ExperimentTest, DirectTlsIsRefused) {
  const ProbeResult closed = direct("healthy");
  EXPECT_EQ(verdict(closed), "tls connection_closed");
  EXPECT_EQ(moment(closed), "ClientHello, 0 bytes");
  EXPECT_EQ(closed.connections, 1);
  EXPECT_EQ(stats_of("healthy").bad_requests, 1u);

  EXPECT_EQ(verdict(direct("reset_on_accept")), "tls connection_reset");
  const ProbeResult ssh = direct("ssh");
  EXPECT_EQ(verdict(ssh), "tls tls_not_spoken");
  EXPECT_EQ(moment(ssh), "ClientHello, 40 bytes");

  ProbePlan silent = plan_for("silent");
  silent.tls_at_once = true;
  silent.bounds.tls = 300ms;
  const ProbeResult result = probe(std::move(silent));
  EXPECT_EQ(verdict(result), "tls timeout");
  EXPECT_EQ(moment(result), "ClientHello, 0 bytes");
}

// ---- Garbage -------------------------------------------------------------------------------------------

TEST_F(ExperimentTest, GarbageIsClosedOnByAHealthyHost) {
  const ProbeResult result = garbage("healthy");
  EXPECT_EQ(verdict(result), "tls connection_closed");
  EXPECT_EQ(moment(result), "garbage, 0 bytes") << "a FIN is no byte";
  EXPECT_EQ(result.connections, 1);
  EXPECT_TRUE(result.negotiation);
  const sim::HostStats stats = stats_of("healthy");
  EXPECT_EQ(stats.not_tls, 1u);
  EXPECT_EQ(stats.client_hellos, 0u);
  EXPECT_EQ(stats.reset_by_client, 0u);
}

TEST_F(ExperimentTest, GarbageTellsWhoLooksAtTheContent) {
  const ProbeResult reset = garbage("resets_first_bytes");
  EXPECT_EQ(verdict(reset), "tls connection_reset");
  EXPECT_EQ(moment(reset), "garbage, 0 bytes");
  EXPECT_EQ(verdict(garbage("closes_first_bytes")), "tls connection_closed");

  ProbePlan unanswered = plan_for("cuts_client_hello");
  unanswered.garbage_for_client_hello = true;
  unanswered.bounds.tls = 300ms;
  const ProbeResult silence = probe(std::move(unanswered));
  EXPECT_EQ(verdict(silence), "tls timeout");
  EXPECT_EQ(moment(silence), "garbage, 0 bytes");

  const ProbeResult alert = garbage("cuts_client_hello_alerts");
  EXPECT_EQ(verdict(alert), "tls tls_alert");
  EXPECT_EQ(alert.failure->number, 10);
  EXPECT_EQ(moment(alert), "garbage, 7 bytes");
  EXPECT_THAT(alert.failure->detail,
              testing::MatchesRegex("received alert 10, 15 03 03 00 02 02 0a \"\\.*\", .* after garbage"));
}

// ---- The moment ----------------------------------------------------------------------------------------

TEST_F(ExperimentTest, MomentsAreWhatHappened) {
  static const std::map<std::string, std::string> moments{
      {"reset_after_request", "Connection Request, 0 bytes"},
      {"half_confirm", "Connection Request, 8 bytes"},
      {"failure_3", "none"},
      {"http", "none"},
      {"reset_after_client_hello", "ClientHello, 0 bytes"},
      {"close_after_client_hello", "ClientHello, 0 bytes"},
      {"reset_in_server_hello", "ClientHello, 20 bytes"},
      {"close_in_server_hello", "ClientHello, 20 bytes"},
      // The FIN right behind them is no byte of theirs.
      {"tls_alert_handshake_failure", "ClientHello, 7 bytes"},
      {"tls_not_spoken", "ClientHello, 9 bytes"},
      {"tls_garbage", "ClientHello, 21 bytes"},
  };
  for (const auto& [name, expected] : moments) start(plan_for(name), name);
  run_until_done();
  for (const auto& [name, expected] : moments) {
    EXPECT_EQ(moment(results_[name]), expected) << name;
    if (expected.starts_with("ClientHello")) {
      ASSERT_EQ(results_[name].negotiation->attempts.size(), 1u) << name;
      EXPECT_EQ(results_[name].negotiation->attempts[0].moment->last_sent, "ClientHello") << name;
    }
  }
}

TEST_F(ExperimentTest, MomentOfASlowEnd) {
  ProbePlan plan = plan_for("stall_after_client_hello");
  plan.bounds.tls = 300ms;
  const ProbeResult result = probe(std::move(plan));
  EXPECT_EQ(moment(result), "ClientHello, 0 bytes");
  EXPECT_GE(result.failure->moment->since_last_send, 250ms);
}

TEST_F(ExperimentTest, MomentWithinTls) {
  for (const auto& [name, expected] : {std::pair("nla_resets", "NTLM NEGOTIATE, 0 bytes"),
                                       std::pair("nla_stalls", "NTLM NEGOTIATE, 0 bytes")}) {
    ProbePlan plan = plan_for(name);
    plan.depth = Depth::nla;
    plan.bounds.nla = std::string_view(name) == "nla_stalls" ? 300ms : 60s;
    EXPECT_EQ(moment(probe(std::move(plan))), expected) << name;
  }
}

}  // namespace
}  // namespace rdpwatch::transport
