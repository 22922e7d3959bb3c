#include "probes/diagnosis/client_error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rdpwatch::diagnosis {
namespace {

using handshake::FailureReason;
using handshake::Phase;

std::string label(Phase phase, FailureReason reason, std::optional<std::int64_t> number = std::nullopt) {
  const auto error = client_error(phase, reason, number);
  return error ? to_label(*error) + " " + std::string(describe(error->certainty)) : "none";
}

TEST(ClientError, before_a_connection_stands) {
  EXPECT_EQ(label(Phase::resolve, FailureReason::name_not_found), "0x104 documented");
  EXPECT_EQ(label(Phase::resolve, FailureReason::resolver_failed), "0x104 one report or inference");
  EXPECT_EQ(label(Phase::resolve, FailureReason::timeout), "0x104 one report or inference");
  EXPECT_EQ(label(Phase::connect, FailureReason::connection_refused), "0x204 documented");
  EXPECT_EQ(label(Phase::connect, FailureReason::host_unreachable), "0x204 documented");
  EXPECT_EQ(label(Phase::connect, FailureReason::network_unreachable), "0x204 documented");
  EXPECT_EQ(label(Phase::connect, FailureReason::timeout), "0x204 several reports");
  EXPECT_EQ(label(Phase::connect, FailureReason::connection_reset), "0x204 one report or inference");
}

TEST(ClientError, a_close_while_securing_is_0x904_with_7) {
  for (const Phase phase : {Phase::negotiate, Phase::tls, Phase::nla}) {
    EXPECT_EQ(label(phase, FailureReason::connection_reset), "0x904/0x7 several reports");
    EXPECT_EQ(label(phase, FailureReason::connection_closed), "0x904/0x7 several reports");
  }
  EXPECT_EQ(label(Phase::tls, FailureReason::tls_alert, 40), "0x904/0x7 one report or inference");
  EXPECT_EQ(label(Phase::tls, FailureReason::tls_not_spoken), "0x904/0x7 one report or inference");
  EXPECT_EQ(label(Phase::mcs, FailureReason::connection_closed), "0x904/0x0 one report or inference");
}

TEST(ClientError, a_stall_is_only_inferred) {
  EXPECT_EQ(label(Phase::negotiate, FailureReason::timeout), "0x704 one report or inference");
  EXPECT_EQ(label(Phase::tls, FailureReason::timeout), "0x704 one report or inference");
  EXPECT_EQ(label(Phase::licensing, FailureReason::timeout), "0x908 documented");
}

TEST(ClientError, negotiation_answers) {
  EXPECT_EQ(label(Phase::negotiate, FailureReason::hybrid_required_by_server), "0xB09 several reports");
  EXPECT_EQ(label(Phase::negotiate, FailureReason::ssl_not_allowed_by_server),
            "0x509 one report or inference");
  EXPECT_EQ(label(Phase::negotiate, FailureReason::ssl_cert_not_on_server), "0x4 one report or inference");
  EXPECT_EQ(label(Phase::negotiate, FailureReason::inconsistent_flags), "none");
  EXPECT_EQ(label(Phase::negotiate, FailureReason::not_rdp), "0x1104 several reports");
  EXPECT_EQ(label(Phase::negotiate, FailureReason::host_unreachable), "0x404 one report or inference");
}

TEST(ClientError, the_alert_that_means_a_refused_logon) {
  EXPECT_EQ(label(Phase::nla, FailureReason::tls_alert, 49), "0x807 one report or inference");
  EXPECT_EQ(label(Phase::nla, FailureReason::tls_alert, 80), "0x904/0x7 one report or inference");
  EXPECT_EQ(label(Phase::tls, FailureReason::tls_alert, 49), "0x904/0x7 one report or inference");
}

TEST(ClientError, nothing_where_the_client_is_not_concerned) {
  EXPECT_EQ(label(Phase::connect, FailureReason::local_resources), "none");
  EXPECT_EQ(label(Phase::negotiate, FailureReason::protocol_not_allowed), "none");
  EXPECT_EQ(label(Phase::tls, FailureReason::certificate_untrusted), "none");
  EXPECT_EQ(label(Phase::tls, FailureReason::certificate_expired), "0x1B07 several reports");
}

// A failure that a user meets as a code must lead to an entry that explains it.
TEST(ClientError, every_code_it_gives_is_in_the_table) {
  int known = 0;
  for (const auto& reason : handshake::kReasons) {
    for (const auto& phase : handshake::kPhases) {
      if (!handshake::can_occur(reason.reason, phase.phase)) continue;
      const auto error = client_error(phase.phase, reason.reason);
      if (!error) continue;
      ++known;
      EXPECT_NE(find_client_code(error->code), nullptr) << reason.name << " in " << phase.name;
      if (error->extended) {
        EXPECT_NE(find_extended_code(*error->extended), nullptr);
      }
      if (reason.category == handshake::Category::local) {
        ADD_FAILURE() << reason.name << " is our own fault and has no client code";
      }
    }
  }
  EXPECT_GE(known, 40);
}

TEST(ClientError, of_a_failure) {
  const handshake::Failure failure{Phase::tls, FailureReason::connection_reset, "reset", 104};
  EXPECT_EQ(to_label(*client_error(failure)), "0x904/0x7");
}

}  // namespace
}  // namespace rdpwatch::diagnosis
