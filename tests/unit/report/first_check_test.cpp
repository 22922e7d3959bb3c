#include "daemon/report/first_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdpwatch::report {
namespace {

using handshake::FailureReason;
using handshake::Phase;
using testing::HasSubstr;

FirstCheck check(Phase phase, FailureReason reason) {
  return first_check(phase, reason, "ts09", 3389);
}

TEST(FirstCheck, host_and_port_are_put_in) {
  EXPECT_EQ(first_check(Phase::resolve, FailureReason::name_not_found, "ts09", 3389).command,
            "getent ahosts ts09");
  EXPECT_EQ(first_check(Phase::negotiate, FailureReason::not_rdp, "ts09", 3390).command,
            "Get-NetTCPConnection -LocalPort 3390 -State Listen | Select-Object OwningProcess");
  EXPECT_EQ(first_check(Phase::tls, FailureReason::timeout, "ts09", 3389).command,
            "ping -c 3 -M do -s 1372 ts09");
  EXPECT_EQ(first_check(Phase::connect, FailureReason::connection_refused, "ts09", 3389).command, "qwinsta");
}

TEST(FirstCheck, every_failure_has_one) {
  for (const auto& reason : handshake::kReasons) {
    for (const auto& phase : handshake::kPhases) {
      if (!handshake::can_occur(reason.reason, phase.phase)) continue;
      const FirstCheck check = first_check(phase.phase, reason.reason, "HOST", 3389);
      EXPECT_FALSE(check.where.empty() || check.command.empty() || check.look_for.empty())
          << reason.name << " in " << phase.name;
    }
  }
}

constexpr const char* kCredSsp = "Get-WinEvent -FilterHashtable @{LogName='System';Id=6041} -MaxEvents 20";
constexpr const char* kNtlm = "Get-WinEvent -LogName Microsoft-Windows-NTLM/Operational -MaxEvents 20";
constexpr const char* kSchannel =
    "Get-WinEvent -FilterHashtable @{LogName='System';ProviderName='Schannel'} -MaxEvents 20";
constexpr const char* kRdpCore =
    "Get-WinEvent -LogName Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational -MaxEvents 20";

TEST(FirstCheck, nla_that_breaks_off) {
  for (const auto reason : {FailureReason::connection_reset, FailureReason::connection_closed,
                            FailureReason::timeout, FailureReason::malformed_pdu}) {
    const FirstCheck found = check(Phase::nla, reason);
    EXPECT_EQ(found.where, "on the host, in an elevated PowerShell");
    EXPECT_EQ(found.command, kCredSsp) << name(reason);
    EXPECT_THAT(found.look_for, HasSubstr("36887 and 36888"));
    EXPECT_THAT(found.look_for, HasSubstr("8001 to 8004"));
  }
  EXPECT_EQ(check(Phase::nla, FailureReason::tls_alert).command, kSchannel);
  EXPECT_THAT(check(Phase::nla, FailureReason::tls_alert).look_for, HasSubstr("36887"));
  EXPECT_THAT(check(Phase::tls, FailureReason::tls_alert).look_for, HasSubstr("36870"));
}

// The probe has no account, so the log of failed logons has nothing of it.
TEST(FirstCheck, nla_that_refuses_is_no_logon) {
  for (const auto reason : {FailureReason::credentials_rejected, FailureReason::account_restricted,
                            FailureReason::access_denied}) {
    EXPECT_EQ(check(Phase::nla, reason).command, kNtlm) << name(reason);
  }
  EXPECT_EQ(check(Phase::nla, FailureReason::nla_protocol_error).command,
            "Test-ComputerSecureChannel -Verbose");
  EXPECT_THAT(check(Phase::login, FailureReason::credentials_rejected).command, HasSubstr("Id=4625"));
}

TEST(FirstCheck, mcs) {
  for (const auto reason : {FailureReason::connection_reset, FailureReason::connection_closed,
                            FailureReason::timeout, FailureReason::unexpected_pdu}) {
    EXPECT_EQ(check(Phase::mcs, reason).command, kRdpCore) << name(reason);
    EXPECT_THAT(check(Phase::mcs, reason).look_for, HasSubstr("97 and 227"));
  }
  for (const auto reason : {FailureReason::mcs_refused, FailureReason::access_denied}) {
    EXPECT_EQ(check(Phase::mcs, reason).command, "change logon /query") << name(reason);
    EXPECT_THAT(check(Phase::mcs, reason).look_for, HasSubstr("1070"));
    EXPECT_THAT(check(Phase::mcs, reason).look_for, HasSubstr("1071"));
  }
}

TEST(FirstCheck, licensing) {
  for (const auto reason : {FailureReason::license_refused, FailureReason::license_error}) {
    EXPECT_EQ(check(Phase::licensing, reason).command, "Get-RDLicenseConfiguration") << name(reason);
    EXPECT_THAT(check(Phase::licensing, reason).look_for, HasSubstr("1069, 1128 and 50280 to 50285"));
  }
  for (const auto reason :
       {FailureReason::connection_reset, FailureReason::connection_closed, FailureReason::timeout}) {
    EXPECT_THAT(check(Phase::licensing, reason).command, HasSubstr("RemoteConnectionManager"))
        << name(reason);
    EXPECT_THAT(check(Phase::licensing, reason).look_for, HasSubstr("50280 to 50285"));
  }
  EXPECT_EQ(check(Phase::licensing, FailureReason::access_denied).command, "change logon /query");
}

TEST(FirstCheck, error_info) {
  for (const auto phase : {Phase::mcs, Phase::licensing}) {
    EXPECT_THAT(check(phase, FailureReason::error_info).command, HasSubstr("LocalSessionManager"));
    EXPECT_THAT(check(phase, FailureReason::error_info).look_for, HasSubstr("39 and 40"));
  }
}

}  // namespace
}  // namespace rdpwatch::report
