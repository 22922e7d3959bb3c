// Audits judged, and as JSON and CSV. Their text: audit_text_test.cpp.

#include "daemon/report/audit_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "daemon/report/json_text.hpp"
#include "tests/unit/report/audits.hpp"

namespace rdpwatch::report {
namespace {

using handshake::Acceptance;
using handshake::AuditResult;
using handshake::CertificateProblem;
using handshake::Verdict;
using testing::ElementsAre;
using testing::IsEmpty;

AuditResult expiring(double days) {
  AuditResult audit = hardened();
  audit.certificate = certificate(days);
  return audit;
}

AuditResult local_fault() {
  AuditResult audit = refused();
  audit.verdict = Verdict::local_fault;
  audit.failure->reason = handshake::FailureReason::local_resources;
  return audit;
}

TEST(AuditState, of_each_verdict) {
  EXPECT_EQ(judge(hardened(), {}), State::ok);
  EXPECT_EQ(judge(refused(), {}), State::failed);
  EXPECT_EQ(judge(local_fault(), {}), State::unknown);
  EXPECT_EQ(judge(cut_off(), {}), State::unknown);
}

TEST(AuditState, a_finding_is_a_warning) {
  EXPECT_EQ(judge(permissive(), {}), State::warning);
  AuditResult audit = hardened();
  audit.findings = {"of_a_later_version"};
  EXPECT_EQ(judge(audit, {}), State::warning);
}

TEST(AuditState, an_open_question_is_a_warning) {
  AuditResult audit = hardened();
  EXPECT_THAT(open_questions(audit), IsEmpty());
  audit.protocols[4].accepts = Acceptance::unknown;
  audit.tls[3].accepts = Acceptance::unknown;
  EXPECT_THAT(open_questions(audit), ElementsAre("rdstls", "TLSv1.3"));
  EXPECT_EQ(judge(audit, {}), State::warning);
}

TEST(AuditState, without_tls_its_versions_are_no_open_questions) {
  AuditResult audit = rdp_only();
  audit.findings.clear();
  EXPECT_THAT(open_questions(audit), IsEmpty());
  EXPECT_EQ(judge(audit, {}), State::ok);
}

TEST(AuditState, of_the_certificate) {
  EXPECT_EQ(judge(expiring(21.1), {}), State::ok);
  EXPECT_EQ(judge(expiring(21), {}), State::warning);
  EXPECT_EQ(judge(expiring(7.1), {}), State::warning);
  EXPECT_EQ(judge(expiring(7), {}), State::critical);
  EXPECT_EQ(judge(expiring(-1), {}), State::critical);
  EXPECT_EQ(judge(expiring(30), {.warning_days = 31, .critical_days = 10}), State::warning);
  EXPECT_EQ(judge(expiring(10), {.warning_days = 31, .critical_days = 10}), State::critical);
  AuditResult audit = hardened();
  audit.certificate->problems = {CertificateProblem::self_signed, CertificateProblem::name_mismatch};
  EXPECT_EQ(judge(audit, {}), State::warning);
  audit = permissive();
  audit.certificate = certificate(3);
  EXPECT_EQ(judge(audit, {}), State::critical) << "findings make nothing better";
}

TEST(AuditState, exit_code_of_the_worst) {
  EXPECT_EQ(exit_code(std::vector<AuditResult>{}, {}), 0);
  EXPECT_EQ(exit_code({hardened()}, {}), 0);
  EXPECT_EQ(exit_code({hardened(), permissive()}, {}), 1);
  EXPECT_EQ(exit_code({permissive(), cut_off()}, {}), 3);
  EXPECT_EQ(exit_code({local_fault(), expiring(3)}, {}), 2);
  EXPECT_EQ(exit_code({cut_off(), refused()}, {}), 2);
}

TEST(AuditState, worst_first_then_by_target) {
  std::vector<AuditResult> audits{hardened(), permissive(), rdp_only(), expiring(3), cut_off(), refused()};
  audits[3].target = "ts04.corp.example.com:3389";
  sort_worst_first(audits, {});
  std::string order;
  for (const AuditResult& audit : audits) order += audit.target.substr(2, 2) + " ";
  EXPECT_EQ(order, "07 04 08 05 06 09 ");
}

/// As a program reads it.
boost::json::value as_printed(const AuditResult& audit) {
  return boost::json::parse(to_text(to_json(audit), JsonLayout::indented));
}

TEST(AuditJson, of_a_hardened_host) {
  EXPECT_EQ(as_printed(hardened()), boost::json::parse(R"json({
    "schema": "rdpwatch.audit/1",
    "target": "ts09.corp.example.com:3389",
    "address": "10.0.0.9:3389",
    "group": "rdsh-emea",
    "module": "tls",
    "started": "2026-11-22T14:00:00.123Z",
    "duration_seconds": 6.1,
    "connections": 7,
    "success": true,
    "protocols": [
      { "protocol": "rdp", "accepts": false, "detail": "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)" },
      { "protocol": "ssl", "accepts": false, "detail": "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)" },
      { "protocol": "hybrid", "accepts": true },
      { "protocol": "hybrid_ex", "accepts": true },
      { "protocol": "rdstls", "accepts": false, "detail": "RDP_NEG_FAILURE 5 (HYBRID_REQUIRED_BY_SERVER)" }
    ],
    "tls": [
      { "version": "TLSv1", "accepts": false,
        "detail": "tls_alert in tls: received alert protocol_version (70), 1.0 ms after ClientHello" },
      { "version": "TLSv1.1", "accepts": false,
        "detail": "tls_alert in tls: received alert protocol_version (70), 1.0 ms after ClientHello" },
      { "version": "TLSv1.2", "accepts": true },
      { "version": "TLSv1.3", "accepts": true }
    ],
    "nla_required": true,
    "certificate": {
      "subject": "CN=ts09", "issuer": "CN=ts09", "sans": [], "serial": "6a0f",
      "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "not_before": "2026-08-24T14:00:00Z", "not_after": "2027-05-24T14:00:00Z", "days_to_expiry": 183,
      "key_type": "RSA", "key_bits": 2048, "signature_algorithm": "sha256WithRSAEncryption",
      "problems": ["self_signed"]
    },
    "findings": []
  })json"));
}

TEST(AuditJson, what_is_not_known_is_absent) {
  EXPECT_EQ(as_printed(refused()), boost::json::parse(R"json({
    "schema": "rdpwatch.audit/1",
    "target": "ts07.corp.example.com:3389",
    "address": "10.0.0.7:3389",
    "group": "rdsh-emea",
    "module": "tls",
    "started": "2026-11-22T14:00:00.123Z",
    "duration_seconds": 0.003,
    "connections": 1,
    "success": false,
    "failure": { "phase": "connect", "reason": "connection_refused", "category": "network",
                 "detail": "refused 0.3 ms after SYN", "number": 111 },
    "client_error": { "code": "0x204" },
    "protocols": [ { "protocol": "rdp" }, { "protocol": "ssl" }, { "protocol": "hybrid" },
                   { "protocol": "hybrid_ex" }, { "protocol": "rdstls" } ],
    "tls": [ { "version": "TLSv1" }, { "version": "TLSv1.1" }, { "version": "TLSv1.2" },
             { "version": "TLSv1.3" } ],
    "findings": []
  })json"));
  EXPECT_EQ(as_printed(cut_off()), boost::json::parse(R"json({
    "schema": "rdpwatch.audit/1",
    "target": "ts08.corp.example.com:3389",
    "module": "tls",
    "started": "2026-11-22T14:00:00.123Z",
    "duration_seconds": 0,
    "connections": 0,
    "success": false,
    "abandoned": "interrupted",
    "protocols": [],
    "tls": [],
    "findings": []
  })json"));
}

TEST(AuditJson, standard_rdp_security_and_findings) {
  const auto json = as_printed(permissive()).as_object();
  EXPECT_EQ(json.at("nla_required"), false);
  EXPECT_EQ(json.at("rdp_security"),
            boost::json::parse(R"({ "version": "5.0 to 8.1", "requested_protocols": ["rdp"],
              "encryption_method": "40-bit RC4", "encryption_level": "low", "rdp_key_bits": 512 })"));
  EXPECT_EQ(json.at("findings"),
            boost::json::parse(R"(["legacy_rdp_security", "nla_not_required", "legacy_tls",
              "weak_rdp_encryption", "weak_rdp_key"])"));
}

constexpr const char* kAuditHeader =
    "target,group,module,address,state,failure,nla_required,rdp,ssl,hybrid,hybrid_ex,rdstls,tls10,tls11,"
    "tls12,tls13,encryption_method,encryption_level,rdp_key_bits,certificate_subject,certificate_not_after,"
    "certificate_days_to_expiry,certificate_problems,findings,connections,started\r\n";

TEST(AuditCsv, a_row_a_host) {
  EXPECT_EQ(
      to_csv({hardened(), permissive()}, {}),
      std::string(kAuditHeader) +
          "ts09.corp.example.com:3389,rdsh-emea,tls,10.0.0.9:3389,ok,,yes,no,no,yes,yes,no,no,no,yes,yes,"
          ",,,CN=ts09,2027-05-24T14:00:00Z,183,self_signed,,7,2026-11-22T14:00:00.123Z\r\n"
          "ts05.corp.example.com:3389,rdsh-emea,tls,10.0.0.9:3389,warning,,no,yes,yes,yes,yes,no,yes,yes,"
          "yes,yes,40-bit RC4,low,512,CN=ts09,2027-05-24T14:00:00Z,183,self_signed,legacy_rdp_security "
          "nla_not_required legacy_tls weak_rdp_encryption weak_rdp_key,7,2026-11-22T14:00:00.123Z\r\n");
}

TEST(AuditCsv, what_is_not_known_is_empty) {
  EXPECT_EQ(
      to_csv({refused(), rdp_only(), cut_off()}, {}),
      std::string(kAuditHeader) +
          "ts07.corp.example.com:3389,rdsh-emea,tls,10.0.0.7:3389,failed,connection_refused in connect: "
          "refused 0.3 ms after SYN,,,,,,,,,,,,,,,,,,,1,2026-11-22T14:00:00.123Z\r\n"
          "ts06.corp.example.com:3389,rdsh-emea,tls,10.0.0.9:3389,warning,,no,yes,no,no,no,no,,,,,128-bit "
          "RC4,high,2048,,,,,legacy_rdp_security nla_not_required,7,2026-11-22T14:00:00.123Z\r\n"
          "ts08.corp.example.com:3389,,tls,,unknown,interrupted,,,,,,,,,,,,,,,,,,,0,"
          "2026-11-22T14:00:00.123Z\r\n");
}

TEST(AuditCsv, every_row_has_as_many_cells_as_the_header) {
  const std::string csv = to_csv({hardened(), permissive(), rdp_only(), cut_off()}, {});
  std::size_t rows = 0;
  for (std::size_t start = 0; start < csv.size(); ++rows) {
    const std::size_t end = csv.find("\r\n", start);
    EXPECT_EQ(std::count(csv.begin() + static_cast<std::ptrdiff_t>(start),
                         csv.begin() + static_cast<std::ptrdiff_t>(end), ','),
              25)
        << csv.substr(start, end - start);
    start = end + 2;
  }
  EXPECT_EQ(rows, 5U);
}

TEST(AuditCsv, formulas_of_a_host_are_disarmed) {
  AuditResult audit = hardened();
  audit.certificate->subject = "=HYPERLINK(\"http://x\")";
  audit.group = "+1";
  const std::string csv = to_csv({audit}, {});
  EXPECT_THAT(csv, testing::HasSubstr("\r\nts09.corp.example.com:3389,'+1,tls,"));
  EXPECT_THAT(csv, testing::HasSubstr(",\"'=HYPERLINK(\"\"http://x\"\")\","));
}

TEST(AuditCsv, no_hosts_leave_the_header) {
  EXPECT_EQ(to_csv({}, {}), kAuditHeader);
}

}  // namespace
}  // namespace rdpwatch::report
