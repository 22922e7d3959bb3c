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

TEST(ClientError, the_ntstatus_of_a_logon_has_a_code_of_class_7) {
  const auto of_nla = [](FailureReason reason, std::int64_t ntstatus) {
    const auto error = client_error(Phase::nla, reason, ntstatus);
    if (error) {
      EXPECT_NE(find_client_code(error->code), nullptr) << to_label(*error);
    }
    return error ? to_label(*error) : "none";
  };
  EXPECT_EQ(of_nla(FailureReason::credentials_rejected, 0xC000006D), "0x807");
  EXPECT_EQ(of_nla(FailureReason::credentials_rejected, 0xC000006A), "0x807");
  EXPECT_EQ(of_nla(FailureReason::credentials_rejected, 0xC0000064), "0xA07");
  EXPECT_EQ(of_nla(FailureReason::account_restricted, 0xC000006E), "0xC07");
  EXPECT_EQ(of_nla(FailureReason::account_restricted, 0xC0000071), "0xF07");
  EXPECT_EQ(of_nla(FailureReason::account_restricted, 0xC0000072), "0xB07");
  EXPECT_EQ(of_nla(FailureReason::account_restricted, 0xC0000193), "0xE07");
  EXPECT_EQ(of_nla(FailureReason::account_restricted, 0xC0000224), "0x1207");
  EXPECT_EQ(of_nla(FailureReason::account_restricted, 0xC0000234), "0xD07");
  EXPECT_EQ(of_nla(FailureReason::nla_protocol_error, 0xC000005E), "0x1807");
  EXPECT_EQ(of_nla(FailureReason::nla_protocol_error, 0xC0000133), "0x207");
  EXPECT_EQ(of_nla(FailureReason::access_denied, 0xC0000022), "0x3/0x9");
  EXPECT_EQ(label(Phase::nla, FailureReason::credentials_rejected, 0xC0000064), "0xA07 several reports");
  EXPECT_EQ(label(Phase::nla, FailureReason::credentials_rejected, 0xC000006D), "0x807 documented");
}

TEST(ClientError, a_set_error_info_is_handed_on_with_its_number) {
  for (const Phase phase : {Phase::mcs, Phase::licensing}) {
    EXPECT_EQ(label(phase, FailureReason::error_info, 0x10C9), "0x3/0x10C9 documented");
    EXPECT_EQ(label(phase, FailureReason::error_info, 0x112F), "0x3/0x112F documented");
    EXPECT_EQ(label(phase, FailureReason::access_denied, 0x7), "0x3/0x7 documented");
    EXPECT_EQ(label(phase, FailureReason::access_denied, 0x9), "0x3/0x9 documented");
    EXPECT_EQ(label(phase, FailureReason::error_info), "none") << "without a number nothing is known";
    EXPECT_EQ(label(phase, FailureReason::access_denied), "none");
  }
}

TEST(ClientError, licensing_by_alert_and_by_set_error_info) {
  EXPECT_EQ(label(Phase::licensing, FailureReason::license_refused, 0x2), "0x808 documented");
  EXPECT_EQ(label(Phase::licensing, FailureReason::license_error, 0x6), "0x808 documented");
  EXPECT_EQ(label(Phase::licensing, FailureReason::license_error), "0x808 documented");
  EXPECT_EQ(label(Phase::licensing, FailureReason::license_refused, 0x102), "0x3/0x102 documented");
  EXPECT_EQ(label(Phase::licensing, FailureReason::license_error, 0x100), "0x3/0x100 documented");
  EXPECT_EQ(label(Phase::licensing, FailureReason::license_error, 0x10A), "0x3/0x10A documented");
}

TEST(ClientError, a_refusal_in_mcs_is_only_a_closed_socket) {
  EXPECT_EQ(label(Phase::mcs, FailureReason::mcs_refused, 14), "0x904/0x0 one report or inference");
  EXPECT_EQ(label(Phase::licensing, FailureReason::mcs_refused, 1), "0x904/0x0 one report or inference");
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
