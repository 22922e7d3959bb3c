// TLS: what phase `tls` tells. From outside a key that can't be used, a credential that can't be built and a
// device in the way mostly look alike; what is said here never claims more than the connections showed.

#include <array>

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/diagnosis/tls_reading.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::diagnosis {

using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

namespace {

/// Repeats that "private key" needs, the legacy profile among them.
constexpr int kCutsNeeded = 3;

std::string cut_text(const ClientHelloCuts& cuts) {
  return count_text(cuts.cut, cuts.cut + cuts.other) + " ended within " + handshake::to_text(cuts.slowest) +
         " of the ClientHello, without one byte of TLS";
}

// A ClientHello that differs a little gets through: something between reads it.
bool judge_variants(const Evidence& evidence, Ranking& ranking) {
  constexpr std::array kVariants{ExperimentKind::without_sni, ExperimentKind::only_tls12,
                                 ExperimentKind::legacy_tls};
  for (const ExperimentKind kind : kVariants) {
    if (!only_variant_passed(evidence, kind, Phase::tls)) continue;
    const bool proven =
        kind == ExperimentKind::without_sni && contrast(evidence, kind, Phase::tls) == Contrast::proven;
    auto& device = ranking.add("inline_device_cuts_tls", proven ? Likelihood::decisive : Likelihood::likely)
                       .because("with " + std::string(describe(kind)) +
                                " the handshake succeeds, with the usual one it does not");
    if (proven) device.because("the usual one failed again after that: it is the content, not the moment");
    if (kind != ExperimentKind::without_sni) {
      ranking.add("no_common_tls", Likelihood::likely)
          .because("a server whose TLS can't bear what newer clients offer ends the same way");
    }
    return true;
  }
  return false;
}

bool judge_direct_tls(const Evidence& evidence, Ranking& ranking) {
  const ProbeResult* const direct = result_of(evidence, ExperimentKind::direct_tls);
  if (direct == nullptr || !passed(*direct, Phase::tls)) return false;
  ranking.add("inline_device_cuts_tls", Likelihood::likely)
      .because(
          "TLS at once, without X.224 before it, succeeds at the same port: key, certificate and TLS "
          "versions of the host work, and what follows the negotiation is cut");
  return true;
}

/// Whether what cuts the ClientHello looks into what is sent. True: garbage in its place is let through, it
/// is answered or left waiting. False: it ends the same way. Nothing: not tried, or ended in another way, as
/// a healthy host may end what is no TLS.
std::optional<bool> tells_content(const Evidence& evidence) {
  const ProbeResult* const garbage = result_of(evidence, ExperimentKind::garbage);
  if (garbage == nullptr) return std::nullopt;
  const auto end = ending(*garbage, Phase::tls);
  const auto plain = ending(last_attempt(evidence), Phase::tls);
  if (!end || !plain) return std::nullopt;
  if (*end == *plain) return false;
  if (*end == Ending::silent || *end == Ending::alert || *end == Ending::odd) return true;
  return std::nullopt;
}

void add_garbage(const Evidence& evidence, RankedCause& device, RankedCause& key) {
  const auto content = tells_content(evidence);
  if (!content) return;
  const auto end = ending(*result_of(evidence, ExperimentKind::garbage), Phase::tls);
  if (*content) {
    const std::string text =
        "as many bytes that are no ClientHello get through (" + std::string(name(*end)) + ")";
    device.because(text + ": what cuts looks at the content");
    key.but(text);
    return;
  }
  const std::string same = "as many bytes that are no ClientHello ended the same way";
  key.because(same + ": the content does not matter");
  device.but(same);
}

void judge_cut_at_client_hello(const Evidence& evidence, Ranking& ranking) {
  const ClientHelloCuts cuts = client_hello_cuts(evidence);
  const bool healthy_sibling = [&] {
    const ProbeResult* const sibling = result_of(evidence, ExperimentKind::sibling);
    return sibling != nullptr && passed(*sibling, Phase::tls);
  }();
  const bool known_before = evidence.fleet.certificate.has_value();
  const bool repeated = cuts.cut >= kCutsNeeded && cuts.other == 0 && cuts.legacy_cut;
  const bool leads =
      repeated && cut_at_once(cuts) && tells_content(evidence) != true && (healthy_sibling || known_before);

  // The order decides among causes of the same likelihood.
  const bool device_first = tells_content(evidence) == true;
  if (device_first) ranking.add("inline_device_cuts_tls", Likelihood::likely);
  auto& key = ranking.add("private_key_unreadable", Likelihood::likely).because(cut_text(cuts));
  auto& device = ranking.add("inline_device_cuts_tls", leads ? Likelihood::possible : Likelihood::likely)
                     .because(cut_text(cuts));
  if (cuts.legacy_cut) key.because("the legacy profile (TLS 1.0 to 1.2) ended the same way");
  if (healthy_sibling) key.because("a sibling is fine at the same moment");
  if (known_before) key.because("the host has shown a certificate before");
  if (!leads) key.but("an inline device that ends TLS looks the same from here");
  add_garbage(evidence, device, key);
  auto& versions = ranking.add("no_common_tls", Likelihood::possible)
                       .because("a server that can't build its TLS credential may end without an alert");
  if (cuts.legacy_cut)
    versions.but("TLS 1.0 to 1.3 with all usual ciphers were offered, and ended the same way");
}

void judge_cut_later(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const ClientHelloCuts cuts = client_hello_cuts(evidence);
  if (!timer_owner(cuts.slowest).empty()) {
    ranking.add("half_open_timer", Likelihood::likely)
        .because("the cut came " + handshake::to_text(cuts.slowest) +
                 " after the ClientHello, a usual default of " + std::string(timer_owner(cuts.slowest)) +
                 ", as a hint");
  }
  ranking.add("server_stalled", Likelihood::likely)
      .because("the cut came late: " + failure.detail + "; a server in trouble gives up so");
  ranking.add("inline_device_cuts_tls", Likelihood::possible)
      .because("a device that looks at TLS before it decides takes its time");
  ranking.add("private_key_unreadable", Likelihood::possible)
      .but("a key that can't be opened mostly ends the handshake at once");
}

void judge_cut(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (judge_variants(evidence, ranking) || judge_direct_tls(evidence, ranking)) return;
  if (is_client_hello_cut(failure)) {
    if (cut_at_once(client_hello_cuts(evidence))) return judge_cut_at_client_hello(evidence, ranking);
    return judge_cut_later(evidence, failure, ranking);
  }
  const bool certificate = last_attempt(evidence).certificate.has_value();
  const std::string text = "the handshake had begun when it was cut: " + failure.detail;
  auto& key = ranking.add("private_key_unreadable", Likelihood::likely).because(text);
  if (certificate) key.because("the certificate had come; what failed is the step that needs its key");
  ranking.add("inline_device_cuts_tls", Likelihood::likely)
      .because(text + "; a device may cut at what the server's answer shows");
  ranking.add("server_stalled", Likelihood::possible)
      .because("a service that ends cuts its connections anywhere");
}

bool judge_small_segments(const Evidence& evidence, Ranking& ranking) {
  constexpr ExperimentKind kSmall = ExperimentKind::small_segments;
  const ProbeResult* const small = result_of(evidence, kSmall);
  if (small == nullptr || !passed(*small, Phase::tls)) return false;
  if (!only_variant_passed(evidence, kSmall, Phase::tls)) return false;
  const Contrast found = contrast(evidence, kSmall, Phase::tls);
  const bool proven = found == Contrast::proven;
  auto& hole =
      ranking.add("pmtu_black_hole", proven ? Likelihood::decisive : Likelihood::likely)
          .because(
              "with segments of 536 bytes the handshake succeeds, with full ones the server's answer "
              "never comes");
  if (found != Contrast::hint)
    hole.because("full segments failed again after that: it is the size, not the moment");
  if (proven) {
    hole.because("and small ones passed once more");
    return true;
  }
  ranking.add("packet_loss", Likelihood::possible).because("the one that passed may have had luck");
  return true;
}

void judge_stall(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (judge_late_answer(evidence, Phase::tls, ranking)) return;
  const auto end = patient_end(evidence);
  const ProbeResult* const garbage = result_of(evidence, ExperimentKind::garbage);
  const auto garbage_end = garbage == nullptr ? std::nullopt : ending(*garbage, Phase::tls);
  const bool alive = garbage_end && *garbage_end != Ending::silent;
  if (end) {
    const bool server = is_servers_timer(*end);
    auto& cause =
        ranking.add(server ? "server_stalled" : "half_open_timer", Likelihood::likely)
            .because("a connection that was left waiting was ended after " + handshake::to_text(*end));
    if (!timer_owner(*end).empty())
      cause.because("a usual default of " + std::string(timer_owner(*end)) + ", as a hint");
  }
  const auto& transport = last_attempt(evidence).transport;
  const bool lost = transport && transport->retransmits > 0;
  const std::string sent_again =
      lost ? "segments had to be sent again " + std::to_string(transport->retransmits) + " times" : "";
  if (alive || lost) {
    auto& device = ranking.add("inline_device_cuts_tls", Likelihood::likely)
                       .because("the TLS handshake gets no answer: " + failure.detail);
    if (alive)
      device.because("other bytes in its place are answered (" + std::string(name(*garbage_end)) +
                     "): the server is awake, and TLS is what gets lost");
    if (lost)
      device.because(sent_again + (transport->retransmits >= kNotArriving
                                       ? ": the ClientHello does not arrive, or nothing comes back"
                                       : ": something on the way drops them"));
  }
  auto& stalled = ranking.add("server_stalled", alive ? Likelihood::possible : Likelihood::likely)
                      .because("the host chose TLS and then kept silent: " + failure.detail);
  if (alive) stalled.but("other bytes in the ClientHello's place are answered");
  if (lost) stalled.but(sent_again + "; a host that is only busy acknowledges");
  if (!alive && !lost) {
    stalled.because("nothing had to be sent again: the host's TCP took the ClientHello");
    ranking.add("inline_device_cuts_tls", Likelihood::possible)
        .because("a device that takes connections for the host and drops its TLS looks like it");
  }
  if (result_of(evidence, ExperimentKind::small_segments) == nullptr) {
    ranking.add("pmtu_black_hole", Likelihood::possible)
        .because(
            "the server's certificate is the first thing that needs large packets; not tried with small "
            "ones");
  }
}

void judge_alert(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  constexpr std::int64_t kHandshakeFailure = 40;
  constexpr std::int64_t kProtocolVersion = 70;
  constexpr std::int64_t kInsufficientSecurity = 71;
  constexpr std::int64_t kInternalError = 80;
  const std::int64_t alert = failure.number.value_or(-1);
  const std::string text = "the server ended the handshake itself: " + failure.detail;
  if (judge_variants(evidence, ranking)) return;
  if (alert == kProtocolVersion || alert == kInsufficientSecurity) {
    ranking.add("no_common_tls", Likelihood::decisive).because(text);
    return;
  }
  if (alert == kHandshakeFailure) {
    ranking.add("no_common_tls", Likelihood::likely).because(text);
    ranking.add("private_key_unreadable", Likelihood::possible)
        .because(
            "some servers drop the ciphers that need a key they can't use, and then find none in common");
    return;
  }
  if (alert == kInternalError) {
    ranking.add("private_key_unreadable", Likelihood::likely)
        .because(text + "; a server says so when it can't use its key");
    ranking.add("no_common_tls", Likelihood::likely)
        .because("and some say it when versions or ciphers have nothing in common");
    ranking.add("server_stalled", Likelihood::possible).because("it may be a fault of the server's own");
    return;
  }
  ranking.add("inline_device_cuts_tls", Likelihood::likely)
      .because(text +
               "; a plain client is not told this by an RDP server, but by a proxy or inspection before it");
  ranking.add("wrong_service", Likelihood::possible)
      .because("another service may sit behind the negotiation");
}

void judge_not_tls(const Failure& failure, Ranking& ranking) {
  const std::string text = "the server chose TLS and then answered in clear: " + failure.detail;
  ranking.add("private_key_unreadable", Likelihood::likely)
      .because(text + "; a server does so when it finds its key or certificate unusable only then");
  ranking.add("no_common_tls", Likelihood::likely).because("or when its list of ciphers matches nothing");
  ranking.add("wrong_service", Likelihood::possible).because("it may be no RDP server that answers");
}

// OpenSSL on our side ended it: the peer's TLS is one that can't be gone on with.
void judge_broken_tls(const Failure& failure, Ranking& ranking) {
  const bool version = failure.detail.find("unsupported protocol") != std::string::npos ||
                       failure.detail.find("wrong version") != std::string::npos ||
                       failure.detail.find("no protocols") != std::string::npos;
  if (version) {
    ranking.add("no_common_tls", Likelihood::decisive)
        .because("its TLS version is none of ours: " + failure.detail);
    return;
  }
  ranking.add("inline_device_cuts_tls", Likelihood::possible)
      .because("what came was no TLS that can be gone on with: " + failure.detail);
  ranking.add("no_common_tls", Likelihood::possible)
      .because("the server's parameters are none that we accept");
  ranking.add("private_key_unreadable", Likelihood::possible)
      .because("a certificate and a key that don't belong together give a signature that can't be right");
}

}  // namespace

void judge_tls(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (is_unsteady(evidence, Phase::tls)) return judge_unsteady(evidence, failure, ranking);
  if (failure.reason == FailureReason::host_unreachable ||
      failure.reason == FailureReason::network_unreachable)
    return judge_connection(evidence, failure, ranking);
  if (judge_shut_door(evidence, ranking)) return;
  if (failure.reason == FailureReason::tls_alert) return judge_alert(evidence, failure, ranking);
  if (failure.reason == FailureReason::tls_not_spoken) return judge_not_tls(failure, ranking);
  if (failure.reason == FailureReason::tls_protocol_error) return judge_broken_tls(failure, ranking);
  if (failure.reason != FailureReason::timeout) return judge_cut(evidence, failure, ranking);
  if (judge_small_segments(evidence, ranking) || judge_variants(evidence, ranking)) return;
  judge_stall(evidence, failure, ranking);
}

}  // namespace rdpwatch::diagnosis
