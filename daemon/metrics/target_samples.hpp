#pragma once
// What each per-target family says of one endpoint. Written once for two sinks: SampleWriter writes the
// samples, a counter only counts them (for max_series).

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/fleet/clean_up.hpp"
#include "daemon/fleet/findings.hpp"
#include "daemon/fleet/fleet_judgement.hpp"
#include "daemon/fleet/target_state.hpp"
#include "daemon/metrics/catalogue.hpp"
#include "probes/handshake/certificate_renewal.hpp"
#include "probes/handshake/protocol_names.hpp"

namespace rdpwatch::metrics {

/// The code pair that a client shows for a failure, e.g. "0x904/0x7"; empty when none is known.
using ClientErrorText = std::function<std::string(const handshake::Failure&)>;

/// More findings than this on one endpoint are left out: there are not so many ids.
inline constexpr std::size_t kMaxFindings = 32;

/// Further causes of a failure are in its diagnosis and not worth a series.
inline constexpr std::size_t kShownCauses = 3;

struct SampleContext {
  fleet::WallTime now;
  ClientErrorText client_error;
  fleet::JudgementPtr judgement = nullptr;  ///< null: none has been made
};

/// Writes or counts the samples of one endpoint in one family. Sink: open(name, labels), plain_label, label,
/// integer, decimal, duration, timestamp as SampleWriter has them.
template <class Sink>
class TargetSamples {
 public:
  TargetSamples(Sink& sink, const SampleContext& context) : sink_(sink), context_(context) {}

  void emit(TargetMetric metric, const fleet::TargetState& state) {
    name_ = row(metric).name;
    state_ = &state;
    switch (metric) {
      case TargetMetric::rdp_probe_success:
        return probe_success();
      case TargetMetric::rdp_target_state:
        return target_state();
      case TargetMetric::rdp_target_state_since_timestamp_seconds:
        return one().timestamp(state.status_since);
      case TargetMetric::rdp_target_maintenance:
        return one().integer(state.maintenance ? 1 : 0);
      case TargetMetric::rdp_target_clean_up:
        return clean_up();
      case TargetMetric::rdp_target_info:
        return target_info();
      case TargetMetric::rdp_probe_interval_seconds:
        return one().duration(state.interval);
      case TargetMetric::rdp_probe_duration_seconds:
        if (state.last_result) one().duration(state.last_result->duration);
        return;
      case TargetMetric::rdp_probe_phase_duration_seconds:
        return phase_durations();
      case TargetMetric::rdp_probe_failure_reason:
        return failure_reason();
      case TargetMetric::rdp_probes_total:
        return one().integer(state.probes_total);
      case TargetMetric::rdp_probe_failures_total:
        return one().integer(state.probe_failures_total);
      case TargetMetric::rdp_probe_attempts_total:
        return one().integer(state.attempts_total);
      case TargetMetric::rdp_probe_attempt_failures_total:
        return one().integer(state.attempt_failures_total);
      case TargetMetric::rdp_probe_consecutive_failures:
        return one().integer(state.consecutive_failures);
      case TargetMetric::rdp_probe_last_run_timestamp_seconds:
        return moment(state.last_run);
      case TargetMetric::rdp_probe_last_success_timestamp_seconds:
        if (state.last_run) one().timestamp(state.last_success.value_or(fleet::WallTime()));
        return;
      case TargetMetric::rdp_cert_not_after_timestamp_seconds:
        if (state.certificate) one().timestamp(state.certificate->not_after);
        return;
      case TargetMetric::rdp_cert_not_before_timestamp_seconds:
        if (state.certificate) one().timestamp(state.certificate->not_before);
        return;
      case TargetMetric::rdp_cert_days_to_expiry:
        return days_to_expiry();
      case TargetMetric::rdp_cert_last_seen_timestamp_seconds:
        return moment(state.certificate_last_seen());
      case TargetMetric::rdp_cert_changes_total:
        return certificate_changes();
      case TargetMetric::rdp_cert_info:
        return certificate_info();
      case TargetMetric::rdp_cert_problem:
        return certificate_problems();
      case TargetMetric::rdp_cert_renewal_overdue:
        return renewal_overdue();
      case TargetMetric::rdp_cert_unexpected_change_timestamp_seconds:
        return unexpected_change();
      case TargetMetric::rdp_security_info:
        return security_info();
      case TargetMetric::rdp_audit_last_success_timestamp_seconds:
        if (state.audit) one().timestamp(state.audit->started);
        return;
      case TargetMetric::rdp_nla_required:
        if (state.audit && state.audit->nla_required) one().integer(*state.audit->nla_required ? 1 : 0);
        return;
      case TargetMetric::rdp_security_accepts:
        return accepted_protocols();
      case TargetMetric::rdp_tls_accepts:
        return accepted_versions();
      case TargetMetric::rdp_finding:
        return findings();
      case TargetMetric::rdp_host_info:
        return host_info();
      case TargetMetric::rdp_host_clock_skew_seconds:
        return clock_skew();
      case TargetMetric::rdp_host_name_mismatch:
        return name_mismatch();
      case TargetMetric::rdp_tcp_rtt_seconds:
        if (transport() != nullptr) one().duration(transport()->rtt);
        return;
      case TargetMetric::rdp_tcp_retransmits:
        if (transport() != nullptr) one().integer(transport()->retransmits);
        return;
      case TargetMetric::rdp_diagnosis:
        return causes();
      case TargetMetric::rdp_diagnosis_rank:
        return cause_ranks();
      case TargetMetric::rdp_target_outlier:
        return outlier();
    }
  }

 private:
  Sink& one() {
    sink_.open(name_, state_->series_labels);
    return sink_;
  }

  void moment(const std::optional<fleet::WallTime>& time) {
    if (time) one().timestamp(*time);
  }

  const handshake::TransportFacts* transport() const {
    const auto* const result = state_->last_result.get();
    return result != nullptr && result->transport ? &*result->transport : nullptr;
  }

  void probe_success() {
    if (!state_->last_result) return;
    one().integer(state_->last_result->verdict == handshake::Verdict::success ? 1 : 0);
  }

  void target_state() {
    one().plain_label("state", fleet::name(state_->status));
    sink_.integer(1);
  }

  void clean_up() {
    const auto why = fleet::clean_up(*state_, context_.now);
    if (!why) return;
    one().plain_label("reason", fleet::name(*why));
    sink_.integer(1);
  }

  void target_info() {
    one();
    // An expanded endpoint has its address label already, and a label may stand only once.
    if (state_->key.address.empty()) sink_.label("address", state_->last_address);
    sink_.label("module", state_->target->recipe->module);
    sink_.integer(1);
  }

  void phase_durations() {
    if (!state_->last_result) return;
    for (const auto& timing : state_->last_result->phases) {
      one().plain_label("phase", handshake::name(timing.phase));
      sink_.duration(timing.duration);
    }
  }

  void failure_reason() {
    if (!state_->last_result || !state_->last_result->failure) return;
    const auto& failure = *state_->last_result->failure;
    one().plain_label("phase", handshake::name(failure.phase));
    sink_.plain_label("reason", handshake::name(failure.reason));
    sink_.plain_label("category", handshake::name(handshake::category(failure.reason)));
    sink_.label("client_error", context_.client_error ? context_.client_error(failure) : std::string());
    sink_.integer(1);
  }

  void days_to_expiry() {
    if (!state_->certificate) return;
    constexpr std::int64_t kHundredthsADay = 864;  // seconds in a hundredth of a day
    const auto left = state_->certificate->not_after - context_.now;
    one().decimal(std::chrono::floor<std::chrono::seconds>(left).count() / kHundredthsADay, 2);
  }

  void certificate_changes() {
    if (!state_->certificate && state_->target->recipe->depth < handshake::Depth::tls) return;
    one().integer(state_->certificate_changes);
  }

  void certificate_info() {
    if (!state_->certificate) return;
    const auto& certificate = *state_->certificate;
    std::string key = certificate.key_type;
    if (certificate.key_bits > 0) key.append(" ").append(std::to_string(certificate.key_bits));
    one().label("subject_cn", certificate.subject_cn);
    sink_.label("issuer_cn", certificate.issuer_cn);
    sink_.label("fingerprint_sha256", certificate.sha256);
    sink_.label("key", key);
    sink_.label("signature_algorithm", certificate.signature_algorithm);
    sink_.plain_label("self_signed", certificate.self_signed ? "true" : "false");
    sink_.integer(1);
  }

  void certificate_problems() {
    if (!state_->certificate) return;
    for (std::size_t i = 0; i < handshake::kCertificateProblems; ++i) {
      const auto problem = static_cast<handshake::CertificateProblem>(i);
      if (!fleet::has_problem(*state_->certificate, problem, context_.now)) continue;
      one().plain_label("problem", handshake::name(problem));
      sink_.integer(1);
    }
  }

  void renewal_overdue() {
    if (!state_->certificate) return;
    one().integer(handshake::is_renewal_overdue(*state_->certificate, context_.now) ? 1 : 0);
  }

  void unexpected_change() {
    if (!state_->certificate) return;
    one().timestamp(state_->unexpected_change ? state_->unexpected_change->when : fleet::WallTime());
  }

  void security_info() {
    if (!state_->last_result || !state_->last_result->negotiation) return;
    const auto& selected = state_->last_result->negotiation->selected;
    const auto& tls = state_->last_result->tls;
    if (!selected) return;
    one().plain_label("selected", handshake::protocol_name(*selected));
    sink_.plain_label("tls_version", tls ? handshake::name(tls->version) : "");
    sink_.label("cipher", tls ? tls->cipher : "");
    sink_.integer(1);
  }

  void findings() {
    std::size_t shown = 0;
    fleet::for_each_finding(*state_, context_.now, [&](std::string_view id) {
      if (shown++ >= kMaxFindings) return;
      one().label("finding", id);
      sink_.integer(1);
    });
  }

  void accepted_protocols() {
    if (!state_->audit) return;
    for (const auto& answer : state_->audit->protocols) {
      if (answer.accepts == handshake::Acceptance::unknown) continue;
      one().plain_label("protocol", handshake::protocol_name(answer.protocol));
      sink_.integer(answer.accepts == handshake::Acceptance::yes ? 1 : 0);
    }
  }

  void accepted_versions() {
    if (!state_->audit) return;
    for (const auto& answer : state_->audit->tls) {
      if (answer.accepts == handshake::Acceptance::unknown) continue;
      one().plain_label("version", handshake::name(answer.version));
      sink_.integer(answer.accepts == handshake::Acceptance::yes ? 1 : 0);
    }
  }

  void host_info() {
    if (!state_->host) return;
    const auto& host = *state_->host;
    const bool says_nothing = host.dns_computer.empty() && host.netbios_computer.empty() &&
                              host.dns_domain.empty() && host.netbios_domain.empty() && host.os_build.empty();
    if (says_nothing) return;
    one().label("computer", host.dns_computer.empty() ? host.netbios_computer : host.dns_computer);
    sink_.label("domain", host.dns_domain.empty() ? host.netbios_domain : host.dns_domain);
    sink_.label("os_build", host.os_build);
    sink_.label("os_name", host.os_name);
    sink_.integer(1);
  }

  void clock_skew() {
    if (state_->clock.skew) one().decimal(std::llround(state_->clock.skew->count() * 10), 1);
  }

  void name_mismatch() {
    if (state_->host && state_->host->name_mismatch) one().integer(*state_->host->name_mismatch ? 1 : 0);
  }

  std::span<const diagnosis::RankedCause> shown_causes() const {
    if (!state_->diagnosis) return {};
    return std::span(state_->diagnosis->causes)
        .first(std::min(state_->diagnosis->causes.size(), kShownCauses));
  }

  void causes() {
    for (const auto& cause : shown_causes()) {
      one().plain_label("cause", cause.id);
      sink_.plain_label("likelihood", diagnosis::name(cause.likelihood));
      sink_.integer(1);
    }
  }

  void cause_ranks() {
    std::uint64_t rank = 0;
    for (const auto& cause : shown_causes()) {
      one().plain_label("cause", cause.id);
      sink_.integer(++rank);
    }
  }

  void outlier() {
    if (!context_.judgement) return;
    for (const auto& outlier : context_.judgement->outliers_of(state_->key)) {
      one().plain_label("dimension", fleet::name(outlier.dimension));
      sink_.integer(1);
    }
  }

  Sink& sink_;
  const SampleContext& context_;
  std::string_view name_;
  const fleet::TargetState* state_ = nullptr;
};

}  // namespace rdpwatch::metrics
