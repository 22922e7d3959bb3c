#include "probes/diagnosis/tls_reading.hpp"

#include <algorithm>
#include <array>

namespace rdpwatch::diagnosis {

using handshake::FailureReason;
using handshake::IoMoment;
using handshake::Phase;
using handshake::ProbeResult;
using handshake::TlsProfile;

namespace {

constexpr std::array kTlsVariants{ExperimentKind::repeat, ExperimentKind::only_tls12,
                                  ExperimentKind::legacy_tls, ExperimentKind::without_sni,
                                  ExperimentKind::small_segments};

bool is_cut(FailureReason reason, const std::optional<IoMoment>& moment) {
  const bool ended = reason == FailureReason::connection_reset || reason == FailureReason::connection_closed;
  return ended && moment && moment->bytes_received == 0 && moment->last_sent == "ClientHello";
}

void count(ClientHelloCuts& cuts, FailureReason reason, const std::optional<IoMoment>& moment,
           TlsProfile profile) {
  if (!is_cut(reason, moment)) {
    ++cuts.other;
    return;
  }
  ++cuts.cut;
  cuts.legacy_cut = cuts.legacy_cut || profile == TlsProfile::legacy;
  cuts.slowest = std::max(cuts.slowest, moment->since_last_send);
}

void count(ClientHelloCuts& cuts, const ProbeResult& result, TlsProfile profile) {
  if (result.transport) cuts.rtt = std::max(cuts.rtt, result.transport->rtt);
  if (result.negotiation) {
    for (const auto& attempt : result.negotiation->attempts) {
      if (attempt.phase == Phase::tls) count(cuts, attempt.reason, attempt.moment, attempt.profile);
    }
  }
  const auto end = ending(result, Phase::tls);
  if (!end) return;
  if (*end == Ending::passed) {
    ++cuts.other;
    return;
  }
  count(cuts, result.failure->reason, result.failure->moment, profile);
}

}  // namespace

ClientHelloCuts client_hello_cuts(const Evidence& evidence) {
  ClientHelloCuts cuts;
  for (const auto& attempt : evidence.attempts) count(cuts, attempt, evidence.plan.first_profile);
  for (const auto& [kind, result] : evidence.experiments) {
    if (std::ranges::find(kTlsVariants, kind) == kTlsVariants.end()) continue;
    count(cuts, result, kind == ExperimentKind::legacy_tls ? TlsProfile::legacy : TlsProfile::modern);
  }
  return cuts;
}

bool is_client_hello_cut(const handshake::Failure& failure) {
  return failure.phase == Phase::tls && is_cut(failure.reason, failure.moment);
}

bool cut_at_once(const ClientHelloCuts& cuts) {
  return cuts.slowest <= 2 * cuts.rtt + std::chrono::milliseconds(200);
}

}  // namespace rdpwatch::diagnosis
