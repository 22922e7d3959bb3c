#pragma once
// Hand-made diagnoses for the tests of the report room.

#include <string>
#include <utility>

#include "daemon/report/diagnosis_report.hpp"
#include "tests/unit/report/results.hpp"

namespace rdpwatch::report {

inline diagnosis::RankedCause ranked(std::string_view id, diagnosis::Likelihood likelihood) {
  return {id, likelihood, {}, {}};
}

/// Of this result, without causes, siblings or experiments.
inline DiagnosisReport report_of(handshake::ProbeResult result) {
  DiagnosisReport report;
  if (result.failure) report.diagnosis.failure = *result.failure;
  report.result = std::move(result);
  return report;
}

/// The tenth host among healthy siblings.
inline DiagnosisReport tenth_host() {
  DiagnosisReport report = report_of(reset_after_client_hello());
  auto key = ranked("private_key_unreadable", diagnosis::Likelihood::likely);
  key.because("4 of 4 connections ended within 12 ms of the ClientHello, without one byte of TLS");
  auto device = ranked("inline_device_cuts_tls", diagnosis::Likelihood::possible);
  device.but("ts01:3389 passed this phase at the same moment");
  report.diagnosis.causes = {key, device};
  report.diagnosis.experiments = {
      {diagnosis::ExperimentKind::repeat, report.result.target, report.result.address, false,
       "connection_reset in tls: reset 11 ms after ClientHello, 0 bytes received"},
      {diagnosis::ExperimentKind::sibling, "ts01:3389", "10.0.0.1:3389", true, "passed in 14 ms"}};
  report.siblings = {{"ts01:3389", true, "fine, 14 ms"}, {"ts02:3389", false, "timeout in connect"}};
  report.fleet.last_success = start_time() - std::chrono::hours(2);
  return report;
}

}  // namespace rdpwatch::report
