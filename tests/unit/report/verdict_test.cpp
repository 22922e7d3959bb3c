#include "daemon/report/verdict.hpp"

#include <gtest/gtest.h>

#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {
namespace {

using handshake::CertificateProblem;
using handshake::FailureReason;
using handshake::Phase;

int code_with_days(double days, Thresholds thresholds = {}) {
  auto result = healthy();
  result.certificate = certificate(days);
  return exit_code(result, thresholds);
}

TEST(ExitCode, certificate_thresholds) {
  EXPECT_EQ(code_with_days(93.2), 0);
  EXPECT_EQ(code_with_days(21.01), 0);
  EXPECT_EQ(code_with_days(21), 1);
  EXPECT_EQ(code_with_days(7.01), 1);
  EXPECT_EQ(code_with_days(7), 2);
  EXPECT_EQ(code_with_days(0.5), 2);
  EXPECT_EQ(code_with_days(-3), 2);
}

TEST(ExitCode, thresholds_can_be_moved) {
  EXPECT_EQ(code_with_days(14, {10, 7}), 0);
  EXPECT_EQ(code_with_days(14, {21, 15}), 2);
  EXPECT_EQ(code_with_days(14, {7, 15}), 2);
  EXPECT_EQ(code_with_days(0.1, {0, 0}), 0);
  EXPECT_EQ(code_with_days(-0.1, {0, 0}), 2);
  EXPECT_EQ(code_with_days(-0.1, {-5, -5}), 2);
}

TEST(ExitCode, certificate_problems_but_self_signed_are_a_warning) {
  for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
    const auto problem = static_cast<CertificateProblem>(i);
    auto result = healthy();
    result.certificate->problems = {problem};
    EXPECT_EQ(exit_code(result, {}), problem == CertificateProblem::self_signed ? 0 : 1)
        << handshake::name(problem);
  }
}

TEST(ExitCode, without_a_certificate) {
  auto result = healthy();
  result.certificate.reset();
  EXPECT_EQ(exit_code(result, {}), 0);
}

TEST(ExitCode, failure_and_fault_of_our_own) {
  EXPECT_EQ(exit_code(reset_after_client_hello(), {}), 2);
  EXPECT_EQ(exit_code(failed(Phase::connect, FailureReason::local_resources), {}), 3);
  EXPECT_EQ(exit_code(failed(Phase::tls, FailureReason::internal_error), {}), 3);
  EXPECT_EQ(exit_code(abandoned(), {}), 3);
}

TEST(DaysLeft, in_words) {
  EXPECT_EQ(days_left_in_words(93.24), "93.2 days left");
  EXPECT_EQ(days_left_in_words(1), "1 day left");
  EXPECT_EQ(days_left_in_words(0.04), "0 days left");
  EXPECT_EQ(days_left_in_words(-3.06), "expired 3.1 days ago");
  EXPECT_EQ(days_left_in_words(0), "expired 0 days ago");
}

}  // namespace
}  // namespace rdpwatch::report
