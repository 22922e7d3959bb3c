#include "daemon/storage/state_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/storage/json_codec.hpp"
#include "daemon/storage/state_description.hpp"
#include "tests/unit/storage/states.hpp"

namespace rdpwatch::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class StateJson : public testing::Test {
 protected:
  StateJson() { store_.put_endpoint(test::kKey, test::target("ts01:3389"), test::at(100)); }

  fleet::StatePtr state() const { return store_.find(test::kKey); }
  fleet::TargetState again() const {
    const auto certificate = decode_certificate(encode_certificate(test::certificate()));
    return decode_state(test::kKey, encode_state(*state()), state()->certificate ? &certificate : nullptr);
  }

  fleet::ResultStore store_;
};

TEST_F(StateJson, AnUpEndpointComesBackAsItWas) {
  test::record(store_, test::kKey, test::success(), 1700000000);
  handshake::AuditResult audit;
  audit.verdict = handshake::Verdict::success;
  audit.protocols = {{2, handshake::Acceptance::yes, ""}};
  audit.tls = {{handshake::TlsVersion::tls13, handshake::Acceptance::no, "alert"}};
  audit.certificate = test::certificate();
  store_.record_audit(test::kKey, audit);
  const fleet::TargetState read = again();
  EXPECT_EQ(encode_state(read), encode_state(*state())) << "nothing was lost on the way";
  EXPECT_EQ(read.status, fleet::TargetStatus::up);
  EXPECT_EQ(read.status_since, test::at(1700000000));
  EXPECT_EQ(read.last_success, test::at(1700000000));
  EXPECT_EQ(read.key, test::kKey);
  EXPECT_EQ(read.last_result->target, "ts01:3389");
  EXPECT_EQ(read.last_result->started, test::success().started);
  EXPECT_EQ(read.last_result->negotiation->attempts.at(0).reason, handshake::FailureReason::timeout);
  EXPECT_EQ(read.last_result->host->clock_skew, handshake::Seconds(-1.5));
  EXPECT_EQ(read.last_result->licensing->scopes, std::vector<std::string>{"microsoft.com"});
  EXPECT_EQ(read.host.get(), &*read.last_result->host) << "kept once in memory, too";
  EXPECT_EQ(read.certificate.get(), &*read.last_result->certificate);
  EXPECT_THAT(read.certificate->problems,
              ElementsAre(handshake::CertificateProblem::expired, handshake::CertificateProblem::untrusted));
  EXPECT_EQ(read.certificate->subject, "CN=ts01.corp.example.com");
  EXPECT_EQ(fleet::hex(read.certificates.at(0).sha256), std::string(64, 'a'));
  EXPECT_EQ(read.durations.newest(3), std::chrono::milliseconds(11));
  EXPECT_EQ(read.audit->tls.at(0).accepts, handshake::Acceptance::no);
  EXPECT_EQ(read.probes_total, 0u) << "counters begin anew";
}

TEST_F(StateJson, ADownEndpointKeepsItsCertificateItsDiagnosisAndItsRuns) {
  test::record(store_, test::kKey, test::success(), 1700000000);
  test::record(store_, test::kKey, test::failure(), 1700000060);
  const fleet::TargetState read = again();
  EXPECT_EQ(encode_state(read), encode_state(*state()));
  EXPECT_EQ(read.status, fleet::TargetStatus::down);
  EXPECT_EQ(read.consecutive_failures, 1u);
  EXPECT_EQ(read.failing_since, test::at(1700000060));
  EXPECT_EQ(read.last_success, test::at(1700000000));
  EXPECT_FALSE(read.last_result->certificate);
  EXPECT_EQ(read.certificate->sha256, std::string(64, 'a'));
  EXPECT_EQ(read.host->os_build, "10.0.20348");
  EXPECT_EQ(read.last_result->failure->moment->last_sent, "ClientHello");
  EXPECT_FALSE(read.last_result->addresses_complete);
  EXPECT_EQ(read.diagnosis->causes.at(0).id, "private_key_unreadable");
  EXPECT_EQ(read.diagnosis->experiments.at(0).kind, diagnosis::ExperimentKind::small_segments);
  ASSERT_EQ(read.runs.size(), 2u);
  EXPECT_EQ(read.runs[0].finished, test::at(1700000060));
  EXPECT_EQ(read.runs[0].failure->reason, handshake::FailureReason::connection_reset);
  EXPECT_EQ(read.runs[1].duration, std::chrono::milliseconds(12));
  EXPECT_FALSE(read.runs[1].failure);
}

TEST_F(StateJson, SaysOnlyWhatIsNotTheDefault) {
  test::record(store_, test::kKey, test::failure(), 1700000060);
  const std::string text = encode_state(*state());
  EXPECT_THAT(text, HasSubstr(R"("phase":"tls","reason":"connection_reset")"));
  EXPECT_THAT(text, Not(HasSubstr("negotiation")));
  EXPECT_THAT(text, Not(HasSubstr("last_success")));
}

TEST_F(StateJson, WhatIsMissingOrUnknownIsNoError) {
  const auto read = decode_state(test::kKey, R"({"status": "up", "of_a_later_version": [1]})", nullptr);
  EXPECT_EQ(read.status, fleet::TargetStatus::up);
  EXPECT_EQ(read.last_result, nullptr);
  EXPECT_EQ(read.runs.size(), 0u);
}

TEST_F(StateJson, ACauseThatTheBookDoesNotHaveAnyMoreIsLeftOut) {
  const auto read = decode_state(
      test::kKey,
      R"({"diagnosis": {"causes": [{"id": "of_old"}, {"id": "host_down", "likelihood": "possible"}]}})",
      nullptr);
  ASSERT_THAT(read.diagnosis->causes, SizeIs(1));
  EXPECT_EQ(read.diagnosis->causes[0].id, "host_down");
}

class NoStateJson : public testing::TestWithParam<const char*> {};

TEST_P(NoStateJson, Throws) {
  EXPECT_THROW(decode_state(test::kKey, GetParam(), nullptr), std::exception);
}

INSTANTIATE_TEST_SUITE_P(, NoStateJson,
                         testing::Values("", "{", "[]", "7", R"({"status": 3})", R"({"status": "sideways"})",
                                         R"({"status_since": "noon"})", R"({"runs": [[1]]})",
                                         R"({"runs": [[1, 2, "tls nonsense"]]})", R"({"last_result": []})",
                                         R"({"clock": {"hint": "late"}})",
                                         R"({"verdicts": {"runs_": 70000}})"));

}  // namespace
}  // namespace rdpwatch::storage
