#include "probes/handshake/audit.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/handshake/audit_findings.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/negotiate_phase.hpp"
#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::handshake {
namespace {

// RDSTLS last: some servers drop a client that asks for it.
constexpr std::array kProtocols{wire::protocol::kRdp, wire::protocol::kSsl, wire::protocol::kHybrid,
                                wire::protocol::kHybridEx, wire::protocol::kRdstls};
// TLS 1.2 first: nearly every host has it, and its certificate is wanted early.
constexpr std::array kVersionOrder{TlsVersion::tls12, TlsVersion::tls13, TlsVersion::tls11,
                                   TlsVersion::tls10};

// "10.0.0.9" of "10.0.0.9:3389", "fe80::9" of "[fe80::9]:3389".
std::string without_port(std::string endpoint) {
  endpoint.resize(endpoint.rfind(':'));
  if (endpoint.starts_with('[')) endpoint = endpoint.substr(1, endpoint.size() - 2);
  return endpoint;
}

// A reset or a close is how some hosts answer a version that they have turned off; one that chose a lower
// version makes our own library give up. What the network reports, and what is not TLS at all, say nothing of
// versions.
bool is_refusal_of_version(const Failure& failure) {
  if (failure.reason == FailureReason::tls_protocol_error) {
    return failure.detail.find("unsupported protocol") != std::string::npos ||
           failure.detail.find("wrong ssl version") != std::string::npos;
  }
  return failure.reason == FailureReason::tls_alert || failure.reason == FailureReason::connection_reset ||
         failure.reason == FailureReason::connection_closed;
}

}  // namespace

Acceptance accepts(const AuditResult& result, std::uint32_t protocol) {
  const auto found = std::ranges::find(result.protocols, protocol, &ProtocolAnswer::protocol);
  return found == result.protocols.end() ? Acceptance::unknown : found->accepts;
}

Acceptance accepts(const AuditResult& result, TlsVersion version) {
  const auto found = std::ranges::find(result.tls, version, &TlsAnswer::version);
  return found == result.tls.end() ? Acceptance::unknown : found->accepts;
}

Audit::Audit(ProbePlan base) : base_(std::move(base)) {
  base_.require_tls = false;
  base_.require_nla = false;
  base_.min_tls_version = TlsVersion::tls10;
  base_.fail_on.clear();
  base_.climb_ladder = false;
  base_.fall_back_to_legacy_tls = false;
  result_.target = base_.target;
  result_.group = base_.group;
  result_.module = base_.module;
  for (const std::uint32_t protocol : kProtocols) result_.protocols.push_back({protocol, {}, {}});
  for (const TlsVersion version :
       {TlsVersion::tls10, TlsVersion::tls11, TlsVersion::tls12, TlsVersion::tls13})
    result_.tls.push_back({version, {}, {}});
}

std::optional<ProbePlan> Audit::next() {
  if (done_ >= kMaxAuditProbes) over_ = true;
  asked_protocol_.reset();
  asked_version_.reset();
  while (!over_ && next_protocol_ < kProtocols.size()) {
    const std::size_t index = next_protocol_++;
    const std::uint32_t protocol = kProtocols[index];
    if (protocol == wire::protocol::kRdstls && !is_safe_for_rdstls()) {
      result_.protocols[index].detail =
          "not asked: the host left another question unanswered, and this one can make servers drop clients";
      continue;
    }
    asked_protocol_ = index;
    return protocol_plan(protocol);
  }
  TlsAnswer* const version = over_ || !tls_protocol() ? nullptr : next_version();
  if (version != nullptr) return tls_plan(version->version);
  over_ = true;
  return std::nullopt;
}

ProbePlan Audit::protocol_plan(std::uint32_t protocol) {
  ProbePlan plan = base_;
  plan.requested_protocols = protocol;
  plan.depth = Depth::negotiate;
  if (protocol == wire::protocol::kRdp) plan.depth = Depth::mcs;
  if (protocol == wire::protocol::kRdp || protocol == wire::protocol::kRdstls) return plan;
  // A connection that the host accepts answers one more question.
  if (const TlsAnswer* const version = next_version()) {
    plan = tls_plan(version->version);
    plan.requested_protocols = protocol;
  }
  return plan;
}

ProbePlan Audit::tls_plan(TlsVersion version) {
  ProbePlan plan = base_;
  plan.depth = Depth::tls;
  plan.requested_protocols = tls_protocol().value_or(wire::protocol::kSsl);
  plan.only_tls_version = version;
  // The legacy profile has everything that the library still can, so that a refusal is the host's.
  plan.first_profile = version == TlsVersion::tls13 ? TlsProfile::modern : TlsProfile::legacy;
  asked_version_ = version;
  return plan;
}

void Audit::note(const ProbeResult& result) {
  ++done_;
  result_.connections += result.connections;
  if (result_.address.empty()) result_.address = result.address;
  if (done_ == 1) result_.started = result.started;
  // Behind a name may be several hosts: one of them is audited.
  if (!base_.host_is_literal && result.negotiation) base_.pinned_address = without_port(result.address);
  if (result.verdict == Verdict::local_fault || result.verdict == Verdict::abandoned) {
    over_ = true;
    cut_off_ = result.verdict;
    result_.failure = result.failure;
    result_.abandoned_why = result.abandoned_why;
    return;
  }
  if (result.failure && !first_failure_) first_failure_ = result.failure;
  if (result.failure && result.failure->phase == Phase::tls && !first_tls_failure_)
    first_tls_failure_ = result.failure;
  // A version that was asked for by itself is asked for once, whatever came of it.
  if (asked_version_ && !asked_protocol_) asked_versions_.push_back(*asked_version_);
  if (!result.negotiation) return note_unreachable(*result.failure);
  unreachable_ = false;
  if (result.certificate && !result_.certificate) result_.certificate = result.certificate;
  if (asked_protocol_) note_protocol(result_.protocols[*asked_protocol_], result);
  if (asked_version_) note_tls(*asked_version_, result);
}

// A lost packet leaves one question open. A host that is not there at all, or no more, ends the audit.
void Audit::note_unreachable(const Failure& failure) {
  if (asked_protocol_) {
    result_.protocols[*asked_protocol_].detail = describe(failure);
  } else {
    answer_of(*asked_version_).detail = describe(failure);
  }
  if (done_ == 1 || unreachable_) {
    over_ = true;
    result_.failure = failure;
  }
  unreachable_ = true;
}

void Audit::note_protocol(ProtocolAnswer& answer, const ProbeResult& result) {
  const auto& selected = result.negotiation->selected;
  if (selected == answer.protocol) {
    answer.accepts = Acceptance::yes;
    if (answer.protocol == wire::protocol::kRdp) result_.rdp_security = result.mcs;
  } else if (selected) {
    answer.accepts = Acceptance::no;
    answer.detail = "the server chose another protocol";
  } else if (result.failure && category(result.failure->reason) == Category::negotiation) {
    answer.accepts = Acceptance::no;
    answer.detail = result.failure->detail;
  } else if (result.failure) {
    answer.detail = describe(*result.failure);
  }
}

void Audit::note_tls(TlsVersion version, const ProbeResult& result) {
  TlsAnswer& answer = answer_of(version);
  const auto& selected = result.negotiation->selected;
  if (!selected || !is_tls_based(*selected)) {
    // Refused with the protocol that was to carry it, it is asked for again; asked for by itself, it stays
    // open.
    if (!asked_protocol_ && result.failure) answer.detail = describe(*result.failure);
    return;
  }
  if (asked_protocol_) asked_versions_.push_back(version);
  if (result.tls) {
    answer.accepts = Acceptance::yes;
  } else if (result.failure) {
    answer.detail = describe(*result.failure);
    if (is_refusal_of_version(*result.failure)) answer.accepts = Acceptance::no;
  }
}

TlsAnswer& Audit::answer_of(TlsVersion version) {
  return *std::ranges::find(result_.tls, version, &TlsAnswer::version);
}

bool Audit::is_safe_for_rdstls() const {
  return std::ranges::none_of(result_.protocols, [](const ProtocolAnswer& answer) {
    return answer.protocol != wire::protocol::kRdstls && answer.accepts == Acceptance::unknown;
  });
}

std::optional<std::uint32_t> Audit::tls_protocol() const {
  for (const std::uint32_t protocol :
       {wire::protocol::kSsl, wire::protocol::kHybrid, wire::protocol::kHybridEx}) {
    if (accepts(result_, protocol) == Acceptance::yes) return protocol;
  }
  return std::nullopt;
}

TlsAnswer* Audit::next_version() {
  for (const TlsVersion version : kVersionOrder) {
    if (std::ranges::find(asked_versions_, version) != asked_versions_.end()) continue;
    return &answer_of(version);
  }
  return nullptr;
}

int Audit::planned() const {
  if (over_) return done_;
  const int protocols = static_cast<int>(kProtocols.size() - next_protocol_) + (asked_protocol_ ? 1 : 0);
  const int versions = static_cast<int>(kVersionOrder.size() - asked_versions_.size());
  const int carried = static_cast<int>(kProtocols.size()) - 2 - static_cast<int>(asked_versions_.size());
  return std::min(done_ + protocols + std::max(versions - std::max(carried, 0), 0), kMaxAuditProbes);
}

void Audit::judge() {
  const auto accepted = [](const auto& answer) { return answer.accepts == Acceptance::yes; };
  const bool any_tls = std::ranges::any_of(result_.tls, accepted);
  if (!any_tls) {
    // Without one version that works a refusal says nothing of versions: the key, or a device between us.
    for (TlsAnswer& answer : result_.tls) {
      answer.accepts = Acceptance::unknown;
      if (!tls_protocol() && answer.detail.empty()) answer.detail = "the host chose no protocol with TLS";
    }
  }
  result_.nla_required = is_nla_required(result_);
  result_.findings = findings_of(result_);
  if (cut_off_) {
    result_.verdict = *cut_off_;
    return;
  }
  if (!result_.failure && std::ranges::none_of(result_.protocols, accepted)) result_.failure = first_failure_;
  if (!result_.failure && !any_tls && tls_protocol()) result_.failure = first_tls_failure_;
  result_.verdict = result_.failure ? Verdict::failure : Verdict::success;
}

AuditResult Audit::take_result() {
  judge();
  return std::move(result_);
}

}  // namespace rdpwatch::handshake
