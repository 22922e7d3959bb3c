// X.224: what phase `negotiate` tells. MS-RDPBCGR 1.3.1.1, 2.2.1.1, 2.2.1.2.

#include <array>

#include "probes/diagnosis/judge_rules.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::diagnosis {

using handshake::Failure;
using handshake::FailureReason;
using handshake::Phase;
using handshake::ProbeResult;

namespace {

constexpr std::array kRequestVariants{ExperimentKind::without_cookie, ExperimentKind::ask_nla_or_tls,
                                      ExperimentKind::ask_tls};

bool known_to_be_windows(const Evidence& evidence) {
  return evidence.fleet.host && !evidence.fleet.host->os_build.empty();
}

// A request that differs in nothing but its content is answered: something reads it.
bool judge_variants(const Evidence& evidence, Ranking& ranking) {
  for (const ExperimentKind kind : kRequestVariants) {
    if (!only_variant_passed(evidence, kind, Phase::negotiate)) continue;
    const bool proven = contrast(evidence, kind, Phase::negotiate) == Contrast::proven;
    auto& device = ranking.add("inline_device_cuts_rdp", proven ? Likelihood::decisive : Likelihood::likely)
                       .because("with " + std::string(describe(kind)) +
                                " the host answers, as the default asks it does not");
    if (proven)
      device.because(
          "the default request failed again after that, and this one passed again: it is the request, not "
          "the moment");
    return true;
  }
  return false;
}

// The server's TLS answers where its X.224 does not. Whether that is Windows behind a device or another
// service with TLS, the certificate tells.
bool judge_direct_tls(const Evidence& evidence, Ranking& ranking) {
  const ProbeResult* const direct = result_of(evidence, ExperimentKind::direct_tls);
  if (direct == nullptr || !passed(*direct, Phase::tls) || !direct->certificate) return false;
  const auto& known = evidence.fleet.certificate;
  if (known && known->sha256 == direct->certificate->sha256) {
    ranking.add("inline_device_cuts_rdp", Likelihood::decisive)
        .because(
            "TLS at once, without X.224 before it, reaches the host: it shows the certificate that it had "
            "when it was well");
    return true;
  }
  ranking.add("wrong_service", Likelihood::likely)
      .because("the port speaks TLS at once and no X.224, with the certificate of " +
               direct->certificate->subject);
  ranking.add("inline_device_cuts_rdp", Likelihood::likely)
      .because(
          "Windows answers TLS at once too, so a device that swallows the Connection Request leaves this");
  return true;
}

/// How the host, or what stands before it, met a connection that asked nothing; nothing when not tried.
std::optional<Ending> met_in_silence(const Evidence& evidence) {
  const ProbeResult* const silence = result_of(evidence, ExperimentKind::silence);
  return silence == nullptr ? std::nullopt : ending(*silence, Phase::negotiate);
}

// What ends connections before they were asked anything does not want ours, whatever it is.
void judge_unasked_end(Ending end, Ranking& ranking) {
  const std::string text = "a connection that sent nothing was ended too (" + std::string(name(end)) +
                           "): our request does not matter";
  ranking.add("proxy_without_backend", Likelihood::likely)
      .because(text)
      .because("a load balancer or port forwarding without a living host behind it does so");
  ranking.add("source_banned", Likelihood::likely)
      .because(text)
      .because("a connection guard does so to addresses that it bans");
  ranking.add("too_many_pending_connections", Likelihood::possible)
      .because("a service at its limit of connections may end new ones at once");
  ranking.add("termservice_broken", Likelihood::possible).because("a service that ends itself does so too");
}

void judge_cut(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const auto met = met_in_silence(evidence);
  if (met && (*met == Ending::reset || *met == Ending::closed)) return judge_unasked_end(*met, ranking);
  auto& broken =
      ranking.add("termservice_broken", Likelihood::likely)
          .because("it accepts connections and ends them at the Connection Request: " + failure.detail);
  auto& device = ranking.add("inline_device_cuts_rdp", Likelihood::likely)
                     .because("a firewall that knows RDP can end it at the Connection Request");
  if (known_to_be_windows(evidence))
    broken.because("the host was seen as " + evidence.fleet.host->os_build + " before");
  if (met == Ending::silent) {
    broken.because("a connection that sends nothing is let be: it is the request that ends it");
    device.because("a connection that sends nothing is let be: it is the request that ends it");
  }
  ranking.add("wrong_service", Likelihood::possible)
      .because("a service of another kind may end what it does not understand");
  ranking.add("proxy_without_backend", Likelihood::possible)
      .because("a proxy that has lost its host may end a connection at its first bytes");
}

bool judge_timer(const Evidence& evidence, Ranking& ranking) {
  const auto end = patient_end(evidence);
  if (!end) return false;
  const std::string text = "a connection that was left waiting was ended after " + handshake::to_text(*end);
  if (is_servers_timer(*end)) {
    ranking.add("server_stalled", Likelihood::likely)
        .because(text +
                 ", the time that a Windows server gives a connection to get ready: its service is alive " +
                 "and does not come to the request");
    ranking.add("half_open_timer", Likelihood::possible).because(text + ", as some devices do too");
    return true;
  }
  auto& timer = ranking.add("half_open_timer", Likelihood::likely).because(text);
  if (!timer_owner(*end).empty())
    timer.because("this duration is a usual default of " + std::string(timer_owner(*end)) + ", as a hint");
  ranking.add("server_stalled", Likelihood::possible)
      .because("whatever ended it, the host did not answer until then");
  return true;
}

void judge_silence(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (judge_late_answer(evidence, Phase::negotiate, ranking)) return;
  const auto& transport = last_attempt(evidence).transport;
  const bool timer = judge_timer(evidence, ranking);
  if (transport && transport->retransmits >= kNotArriving) {
    ranking.add("inline_device_cuts_rdp", Likelihood::likely)
        .because("the Connection Request was sent " + std::to_string(transport->retransmits) +
                 " times again and never acknowledged, while the SYN was: something drops it by its content");
    ranking.add("packet_loss", Likelihood::possible).because("a way may lose all packets of a kind");
    return;
  }
  const Likelihood stalled = timer ? Likelihood::possible : Likelihood::likely;
  ranking.add("server_stalled", stalled)
      .because("the host's TCP took the Connection Request and nothing behind it answered: " +
               failure.detail);
  if (timer) return;
  ranking.add("proxy_without_backend", Likelihood::possible)
      .because("a proxy that accepts before it has reached the host behind is as silent");
  ranking.add("inline_device_cuts_rdp", Likelihood::possible)
      .because("a firewall that inspects RDP may hold the request or its answer");
  ranking.add("wrong_service", Likelihood::possible)
      .because("a service of another kind may wait for more than it got");
}

void judge_odd(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const bool foreign = failure.reason == FailureReason::not_rdp;
  ranking.add("wrong_service", foreign ? Likelihood::decisive : Likelihood::likely).because(failure.detail);
  if (!foreign) {
    ranking.add("inline_device_cuts_rdp", Likelihood::possible)
        .because("a device that answers in the host's place may do it badly");
  }
  judge_direct_tls(evidence, ranking);
}

void judge_no_certificate(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const std::string text = failure.detail.empty() ? "RDP_NEG_FAILURE 3" : failure.detail;
  ranking.add("certificate_missing", Likelihood::likely)
      .because("the server says itself that it has no usable certificate: " + text);
  auto& key = ranking.add("private_key_unreadable", Likelihood::likely)
                  .because(
                      "a certificate whose key the service can't open is not usable either; from outside the "
                      "two look alike");
  const ProbeResult* const rdp = result_of(evidence, ExperimentKind::ask_rdp);
  if (rdp != nullptr && passed(*rdp, Phase::negotiate))
    key.because("standard RDP security is still offered: only its TLS is broken");
}

// Only reasons of category negotiation come here: RDP_NEG_FAILURE and its code.
void judge_neg_failure(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  if (failure.reason == FailureReason::ssl_cert_not_on_server)
    return judge_no_certificate(evidence, failure, ranking);
  if (failure.reason == FailureReason::ssl_not_allowed_by_server) {
    ranking.add("standard_rdp_only", Likelihood::likely)
        .because("the server allows only standard RDP security, and refuses that too: " + failure.detail);
    ranking.add("certificate_missing", Likelihood::possible)
        .because("a server that negotiates offers no TLS either when it has no certificate");
  } else if (failure.reason == FailureReason::hybrid_required_by_server) {
    ranking.add("nla_required", Likelihood::decisive)
        .because("the server says so: it takes connections with NLA only, and this one did not offer it");
  } else if (failure.reason == FailureReason::ssl_with_user_auth_required_by_server) {
    ranking.add("nla_required", Likelihood::likely)
        .because("the server insists on TLS with user authentication, as RDP 6.0 servers say it");
  } else {
    ranking.add("termservice_broken", Likelihood::possible)
        .because("the server refuses what it demands itself: " + failure.detail);
    ranking.add("wrong_service", Likelihood::possible).because("another implementation of RDP may answer so");
  }
}

}  // namespace

void judge_negotiation(const Evidence& evidence, const Failure& failure, Ranking& ranking) {
  const auto category = handshake::category(failure.reason);
  if (category == handshake::Category::negotiation) return judge_neg_failure(evidence, failure, ranking);
  if (category == handshake::Category::protocol) return judge_odd(evidence, failure, ranking);
  if (is_unsteady(evidence, Phase::negotiate)) return judge_unsteady(evidence, failure, ranking);
  if (failure.reason == FailureReason::host_unreachable ||
      failure.reason == FailureReason::network_unreachable)
    return judge_connection(evidence, failure, ranking);
  if (judge_shut_door(evidence, ranking)) return;
  if (judge_variants(evidence, ranking) || judge_direct_tls(evidence, ranking)) return;
  if (failure.reason == FailureReason::timeout) return judge_silence(evidence, failure, ranking);
  judge_cut(evidence, failure, ranking);
}

}  // namespace rdpwatch::diagnosis
