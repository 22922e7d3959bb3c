#include "daemon/report/diagnosis_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report/diagnoses.hpp"

namespace rdpwatch::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(DiagnosisChanges, none_where_nothing_is_known_of_before) {
  EXPECT_THAT(changes(report_of(healthy_with_nla())), IsEmpty());
}

TEST(DiagnosisChanges, none_where_all_is_as_it_was) {
  DiagnosisReport report = report_of(healthy_with_nla());
  report.fleet.certificate = report.result.certificate;
  report.fleet.host = *report.result.host;
  report.fleet.last_address = "10.0.0.9";
  EXPECT_THAT(changes(report), IsEmpty());
}

TEST(DiagnosisChanges, each_with_what_it_was_and_is) {
  DiagnosisReport report = report_of(healthy_with_nla());
  report.fleet.certificate = certificate(3);
  report.fleet.certificate->sha256 = "aa";
  report.fleet.certificate->subject = "CN=old";
  report.fleet.host = *report.result.host;
  report.fleet.host->os_build = "10.0.17763";
  report.fleet.last_address = "10.0.0.8";
  report.fleet.differences = {"its certificate is self-signed, 9 of 9 others have one of corp-ca"};
  EXPECT_THAT(
      changes(report),
      ElementsAre(Pair("certificate", "CN=old valid until 2026-11-25 became CN=ts09 valid until 2027-02-23"),
                  Pair("address", "10.0.0.8 became 10.0.0.9"), Pair("build", "10.0.17763 became 10.0.20348"),
                  Pair("siblings", "its certificate is self-signed, 9 of 9 others have one of corp-ca")));
}

TEST(DiagnosisChanges, a_name_with_both_addresses_did_not_change) {
  DiagnosisReport report = report_of(healthy());
  report.result.addresses = {"10.0.0.9", "10.0.0.8"};
  report.fleet.last_address = "10.0.0.8";
  EXPECT_THAT(
      changes(report),
      ElementsAre(Pair("address", "last good at 10.0.0.8, now probed at 10.0.0.9; the name has both")));
}

TEST(DiagnosisChanges, what_was_not_seen_did_not_change) {
  DiagnosisReport report = report_of(reset_after_client_hello());
  report.result.address.clear();
  report.result.host.emplace();
  report.fleet.certificate = certificate(3);
  report.fleet.host = *healthy_with_nla().host;
  report.fleet.last_address = "10.0.0.8";
  EXPECT_THAT(changes(report), IsEmpty());
}

}  // namespace
}  // namespace rdpwatch::report
