#include "daemon/metrics/probe_exposition.hpp"

#include <array>
#include <utility>

#include "daemon/fleet/result_store.hpp"
#include "daemon/metrics/writing_sink.hpp"

namespace rdpwatch::metrics {
namespace {

constexpr std::array kFamilies{TargetMetric::rdp_probe_success,
                               TargetMetric::rdp_target_info,
                               TargetMetric::rdp_probe_duration_seconds,
                               TargetMetric::rdp_probe_phase_duration_seconds,
                               TargetMetric::rdp_probe_failure_reason,
                               TargetMetric::rdp_cert_not_after_timestamp_seconds,
                               TargetMetric::rdp_cert_not_before_timestamp_seconds,
                               TargetMetric::rdp_cert_days_to_expiry,
                               TargetMetric::rdp_cert_info,
                               TargetMetric::rdp_cert_problem,
                               TargetMetric::rdp_cert_renewal_overdue,
                               TargetMetric::rdp_security_info,
                               TargetMetric::rdp_finding,
                               TargetMetric::rdp_host_info,
                               TargetMetric::rdp_host_clock_skew_seconds,
                               TargetMetric::rdp_host_name_mismatch,
                               TargetMetric::rdp_tcp_rtt_seconds,
                               TargetMetric::rdp_tcp_retransmits};

/// What a store makes of this one run, without the labels of the target.
fleet::TargetState state_of(const handshake::ProbeResult& result, const inventory::TargetPtr& target,
                            fleet::WallTime now) {
  fleet::ResultStore store;
  const fleet::EndpointKey key{target->name, ""};
  store.put_endpoint(key, target, now);
  fleet::RunRecord run;
  run.attempts.push_back(result);
  run.finished = now;
  store.record(key, std::move(run));
  fleet::TargetState state = *store.find(key);
  state.series_labels.clear();
  return state;
}

/// As the blackbox exporter writes them.
std::string_view blackbox_name(handshake::TlsVersion version) {
  switch (version) {
    case handshake::TlsVersion::tls10:
      return "TLS 1.0";
    case handshake::TlsVersion::tls11:
      return "TLS 1.1";
    case handshake::TlsVersion::tls12:
      return "TLS 1.2";
    case handshake::TlsVersion::tls13:
      return "TLS 1.3";
  }
  return "";
}

SampleWriter& begin(SampleWriter& writer, std::string_view name, std::string_view help) {
  writer.family({name, MetricType::gauge, Subject::target, "", 0, help});
  writer.open(name, "");
  return writer;
}

void write_blackbox_names(SampleWriter& writer, const handshake::ProbeResult& result,
                          std::chrono::nanoseconds timeout) {
  begin(writer, "probe_success", "Whether the probe succeeded: 1 or 0.")
      .integer(result.verdict == handshake::Verdict::success ? 1 : 0);
  begin(writer, "probe_duration_seconds", "How long the probe took, without the wait for our own limits.")
      .duration(result.duration);
  begin(writer, "probe_timeout_seconds", "What the probe was allowed to take.").duration(timeout);
  if (!result.address.empty()) {
    begin(writer, "probe_ip_protocol", "Version of IP that the deciding connection went over: 4 or 6.")
        .integer(result.address.starts_with('[') ? 6 : 4);
  }
  if (result.certificate) {
    begin(writer, "probe_ssl_earliest_cert_expiry",
          "End of validity of the host's certificate, in Unix seconds.")
        .timestamp(result.certificate->not_after);
  }
  if (result.tls) {
    begin(writer, "probe_tls_version_info", "Always 1; the TLS version that was agreed on.")
        .plain_label("version", blackbox_name(result.tls->version));
    writer.integer(1);
  }
}

}  // namespace

std::string probe_exposition(const handshake::ProbeResult& result, const inventory::TargetPtr& target,
                             std::chrono::nanoseconds timeout, const ClientErrorText& client_error,
                             fleet::WallTime now) {
  SampleWriter writer;
  const fleet::TargetState state = state_of(result, target, now);
  const SampleContext context{now, client_error};
  for (const TargetMetric metric : kFamilies) {
    std::uint64_t samples = 0;
    bool family_is_open = false;
    WritingSink sink{writer, samples, family_is_open, row(metric)};
    TargetSamples<WritingSink>(sink, context).emit(metric, state);
  }
  write_blackbox_names(writer, result, timeout);
  return std::string(writer.text());
}

}  // namespace rdpwatch::metrics
