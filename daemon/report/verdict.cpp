#include "daemon/report/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <ratio>

#include "daemon/report/time_text.hpp"

namespace rdpwatch::report {
namespace {

using handshake::CertificateProblem;
using handshake::Verdict;

State judge_certificate(double days, const handshake::CertificateFacts& certificate,
                        const Thresholds& thresholds) {
  if (days <= thresholds.critical_days || days <= 0) return State::critical;
  if (days <= thresholds.warning_days) return State::warning;
  const bool has_problem = std::ranges::any_of(certificate.problems, [](CertificateProblem problem) {
    return problem != CertificateProblem::self_signed;
  });
  return has_problem ? State::warning : State::ok;
}

}  // namespace

std::string_view name(State state) {
  switch (state) {
    case State::ok:
      return "OK";
    case State::warning:
      return "WARNING";
    case State::critical:
      return "CRITICAL";
    case State::failed:
      return "FAILED";
    case State::unknown:
      return "UNKNOWN";
  }
  return "";
}

std::string_view label(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::warning:
      return "warning";
    case State::critical:
      return "critical";
    case State::failed:
      return "failed";
    case State::unknown:
      return "unknown";
  }
  return "";
}

State judge(const handshake::ProbeResult& result, const Thresholds& thresholds) {
  switch (result.verdict) {
    case Verdict::success:
      if (!result.certificate) return State::ok;
      return judge(*result.certificate, result.started, thresholds);
    case Verdict::failure:
      return State::failed;
    case Verdict::local_fault:
    case Verdict::abandoned:
      return State::unknown;
  }
  return State::unknown;
}

State judge(const handshake::CertificateFacts& certificate, WallTime at, const Thresholds& thresholds) {
  return judge_certificate(days_to_expiry(at, certificate), certificate, thresholds);
}

int exit_code(State state) {
  switch (state) {
    case State::ok:
      return 0;
    case State::warning:
      return 1;
    case State::critical:
    case State::failed:
      return 2;
    case State::unknown:
      return 3;
  }
  return 3;
}

int exit_code(const handshake::ProbeResult& result, const Thresholds& thresholds) {
  return exit_code(judge(result, thresholds));
}

double days_to_expiry(const handshake::ProbeResult& result, const handshake::CertificateFacts& certificate) {
  return days_to_expiry(result.started, certificate);
}

double days_to_expiry(WallTime at, const handshake::CertificateFacts& certificate) {
  using Days = std::chrono::duration<double, std::ratio<86400>>;
  // In floating point from the start: a hostile certificate's dates may lie at the ends of what the clock can
  // hold.
  return (Days(certificate.not_after.time_since_epoch()) - Days(at.time_since_epoch())).count();
}

std::string days_left_in_words(double days) {
  const double shown = round_to_tenth(std::abs(days));
  const std::string count = decimal(shown) + (shown == 1 ? " day" : " days");
  return days > 0 ? count + " left" : "expired " + count + " ago";
}

}  // namespace rdpwatch::report
