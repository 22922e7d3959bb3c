#include "probes/handshake/taxonomy.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rdpwatch::handshake {
namespace {

TEST(Taxonomy, PhasesAreInTheContractsOrder) {
  std::string all;
  for (const auto& row : kPhases) all += std::string(row.name) + " ";
  EXPECT_EQ(all, "resolve connect negotiate tls nla login mcs licensing ");
}

TEST(Taxonomy, HasTheContractsReasons) {
  std::string all;
  for (const auto& row : kReasons) all += std::string(row.name) + " ";
  EXPECT_EQ(
      all,
      "name_not_found resolver_failed timeout connection_refused host_unreachable network_unreachable "
      "connection_reset connection_closed not_rdp malformed_pdu unexpected_pdu oversized_pdu mcs_refused "
      "error_info "
      "ssl_required_by_server ssl_not_allowed_by_server ssl_cert_not_on_server inconsistent_flags "
      "hybrid_required_by_server ssl_with_user_auth_required_by_server negotiation_failure_unknown tls_alert "
      "tls_not_spoken tls_protocol_error certificate_expired certificate_not_yet_valid "
      "certificate_name_mismatch "
      "certificate_untrusted certificate_weak credentials_rejected account_restricted access_denied "
      "nla_protocol_error license_refused license_error protocol_not_allowed local_resources "
      "internal_error ");
}

TEST(Taxonomy, EveryRowNamesPhasesThatExistAndHasHelp) {
  for (const auto& row : kReasons) {
    EXPECT_FALSE(row.help.empty()) << row.name;
    std::string phases(row.phases);
    ASSERT_FALSE(phases.empty()) << row.name;
    std::size_t start = 0;
    while (start <= phases.size()) {
      const auto end = std::min(phases.find(' ', start), phases.size());
      const std::string phase = phases.substr(start, end - start);
      ASSERT_TRUE(phase_by_name(phase)) << row.name << ": '" << phase << "'";
      EXPECT_TRUE(can_occur(row.reason, *phase_by_name(phase)));
      start = end + 1;
    }
  }
}

TEST(Taxonomy, NamesAreFoundAgain) {
  for (const auto& row : kReasons) EXPECT_EQ(reason_by_name(row.name), row.reason);
  EXPECT_EQ(reason_by_name("refused"), std::nullopt);
  EXPECT_EQ(phase_by_name("x224"), std::nullopt);
}

TEST(Taxonomy, KnowsWhereAReasonCanOccur) {
  EXPECT_TRUE(can_occur(FailureReason::timeout, Phase::licensing));
  EXPECT_TRUE(can_occur(FailureReason::connection_refused, Phase::connect));
  EXPECT_FALSE(can_occur(FailureReason::connection_refused, Phase::tls));
  EXPECT_FALSE(can_occur(FailureReason::connection_closed, Phase::connect));
}

TEST(Taxonomy, CategoriesAreTheTablesColumn) {
  EXPECT_EQ(name(category(FailureReason::name_not_found)), "network");
  EXPECT_EQ(name(category(FailureReason::not_rdp)), "protocol");
  EXPECT_EQ(name(category(FailureReason::ssl_cert_not_on_server)), "negotiation");
  EXPECT_EQ(name(category(FailureReason::tls_alert)), "tls");
  EXPECT_EQ(name(category(FailureReason::certificate_weak)), "certificate");
  EXPECT_EQ(name(category(FailureReason::access_denied)), "authentication");
  EXPECT_EQ(name(category(FailureReason::license_error)), "licensing");
  EXPECT_EQ(name(category(FailureReason::protocol_not_allowed)), "policy");
  EXPECT_EQ(name(category(FailureReason::local_resources)), "local");
}

}  // namespace
}  // namespace rdpwatch::handshake
