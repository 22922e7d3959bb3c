#include "probes/diagnosis/experiment.hpp"

#include <array>

#include "probes/wire/rdp_negotiation.hpp"

namespace rdpwatch::diagnosis {

using handshake::Depth;
using handshake::Phase;
using handshake::ProbePlan;

namespace {

/// Long enough for what ends a connection unasked, and no burden for a server that waits.
constexpr handshake::Duration kSilence = std::chrono::seconds(2);

struct KindRow {
  ExperimentKind kind;
  std::string_view name;
  std::string_view text;
};

constexpr std::array<KindRow, kExperimentKinds> kRows{{
    {ExperimentKind::repeat, "repeat", "the same once more"},
    {ExperimentKind::other_address, "other_address", "another address of the name"},
    {ExperimentKind::known_address, "known_address", "the address where the host was last seen"},
    {ExperimentKind::known_name, "known_name", "the name that the host gave itself"},
    {ExperimentKind::without_cookie, "without_cookie", "a Connection Request without a cookie"},
    {ExperimentKind::ask_nla_or_tls, "ask_nla_or_tls",
     "requestedProtocols 0x03 without a cookie, as an older client asks"},
    {ExperimentKind::ask_tls, "ask_tls", "requestedProtocols 0x01: TLS alone"},
    {ExperimentKind::ask_rdp, "ask_rdp", "requestedProtocols 0x00: standard RDP security"},
    {ExperimentKind::legacy_tls, "legacy_tls", "TLS 1.0 to 1.2 with every cipher that the library has"},
    {ExperimentKind::only_tls12, "only_tls12", "a ClientHello for TLS 1.2 alone"},
    {ExperimentKind::without_sni, "without_sni", "a ClientHello without a server name"},
    {ExperimentKind::small_segments, "small_segments", "segments of at most 536 bytes in both directions"},
    {ExperimentKind::garbage, "garbage", "as many bytes as a ClientHello has, but no TLS"},
    {ExperimentKind::direct_tls, "direct_tls", "TLS at once, without X.224 before it"},
    {ExperimentKind::silence, "silence", "nothing sent after connecting: who waits for a client?"},
    {ExperimentKind::patient, "patient", "75 s of patience, for the timers of servers and firewalls"},
    {ExperimentKind::sibling, "sibling", "a healthy host of the same group, now"},
}};

const KindRow& row(ExperimentKind kind) {
  return kRows[static_cast<std::size_t>(kind)];
}

// No deeper than the failure needs, so that a repeat costs the host as little as can be.
Depth depth_for(Phase phase, Depth base) {
  switch (phase) {
    case Phase::resolve:
    case Phase::connect:
      return base;
    case Phase::negotiate:
      return std::min(base, Depth::negotiate);
    case Phase::tls:
      return std::min(base, Depth::tls);
    case Phase::nla:
    case Phase::login:
    case Phase::mcs:
    case Phase::licensing:
      return base;
  }
  return base;
}

// One connection that answers one question. Policy is no question here: what a host offers may be weak and
// still show where it breaks.
ProbePlan one_connection(ProbePlan plan) {
  plan.climb_ladder = false;
  plan.fall_back_to_legacy_tls = false;
  plan.first_profile = handshake::TlsProfile::modern;
  plan.require_tls = false;
  plan.require_nla = false;
  plan.min_tls_version = handshake::TlsVersion::tls10;
  plan.fail_on.clear();
  plan.ca_file.clear();
  return plan;
}

// The connection goes to the address that failed, without a look-up, and still names the host in TLS.
void pin(ProbePlan& plan, const std::string& address) {
  plan.pinned_address.clear();
  if (address.empty() || plan.host_is_literal) return;
  if (plan.server_name.empty()) plan.server_name = plan.host;
  plan.host = address;
  plan.host_is_literal = true;
}

void be_patient(ProbePlan& plan) {
  plan.bounds.negotiate = kPatience;
  plan.bounds.tls = kPatience;
  plan.bounds.nla = kPatience;
  plan.timeout = kPatience + plan.bounds.resolve + plan.bounds.connect;
}

}  // namespace

static_assert([] {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}());

std::string_view name(ExperimentKind kind) {
  return row(kind).name;
}

std::string_view describe(ExperimentKind kind) {
  return row(kind).text;
}

ProbePlan plan_of(ExperimentKind kind, const ProbePlan& base, Phase phase, const std::string& address) {
  ProbePlan plan = one_connection(base);
  plan.depth = depth_for(phase, base.depth);
  pin(plan, address);
  switch (kind) {
    case ExperimentKind::repeat:
    case ExperimentKind::other_address:
    case ExperimentKind::known_address:
    case ExperimentKind::known_name:
    case ExperimentKind::sibling:
      break;
    case ExperimentKind::without_cookie:
      plan.cookie.clear();
      break;
    case ExperimentKind::ask_nla_or_tls:
      plan.cookie.clear();
      plan.requested_protocols = wire::protocol::kSsl | wire::protocol::kHybrid;
      break;
    case ExperimentKind::ask_tls:
      plan.requested_protocols = wire::protocol::kSsl;
      break;
    case ExperimentKind::ask_rdp:
      plan.requested_protocols = 0;
      plan.depth = Depth::negotiate;
      break;
    case ExperimentKind::legacy_tls:
      plan.first_profile = handshake::TlsProfile::legacy;
      break;
    case ExperimentKind::only_tls12:
      plan.only_tls_version = handshake::TlsVersion::tls12;
      break;
    case ExperimentKind::without_sni:
      plan.send_sni = false;
      break;
    case ExperimentKind::small_segments:
      plan.max_segment = 536;
      break;
    case ExperimentKind::garbage:
      plan.garbage_for_client_hello = true;
      plan.depth = Depth::tls;
      break;
    case ExperimentKind::direct_tls:
      plan.tls_at_once = true;
      plan.depth = Depth::tls;
      break;
    case ExperimentKind::silence:
      plan.send_nothing = true;
      plan.depth = Depth::negotiate;
      plan.bounds.negotiate = kSilence;
      break;
    case ExperimentKind::patient:
      be_patient(plan);
      break;
  }
  return plan;
}

ProbePlan plan_elsewhere(const ProbePlan& base, const std::string& host, bool literal) {
  ProbePlan plan = one_connection(base);
  plan.pinned_address.clear();
  if (plan.server_name.empty() && !base.host_is_literal) plan.server_name = base.host;
  plan.host = host;
  plan.host_is_literal = literal;
  plan.depth = std::min(base.depth, Depth::tls);  // Enough to see whether, and as whom, it answers.
  return plan;
}

std::string address_of(const std::string& endpoint) {
  const auto colon = endpoint.rfind(':');
  if (colon == std::string::npos) return "";
  std::string address = endpoint.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  return address;
}

}  // namespace rdpwatch::diagnosis
