#pragma once
// A small fleet for the tests of the exposition: every optional thing is there once.

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/fleet/result_store.hpp"
#include "daemon/metrics/target_exposition.hpp"

namespace rdpwatch::metrics::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline fleet::WallTime at(double unix_seconds) {
  return fleet::WallTime(milliseconds(static_cast<std::int64_t>(unix_seconds * 1000)));
}

inline const fleet::WallTime kNow = at(1000000);

inline inventory::TargetPtr target(const std::string& name, config::Labels labels = {}) {
  inventory::Target target;
  target.name = name;
  target.group = "rdsh";
  target.labels = std::move(labels);
  return std::make_shared<const inventory::Target>(std::move(target));
}

inline handshake::CertificateFacts certificate() {
  handshake::CertificateFacts facts;
  facts.subject_cn = "ts01";
  facts.issuer_cn = "Corp \"CA\"";
  facts.sha256 = "9f00";
  facts.not_before = kNow - seconds(86400);
  facts.not_after = kNow + seconds(86400 * 93 + 17280);
  facts.key_type = "RSA";
  facts.key_bits = 2048;
  facts.signature_algorithm = "sha256WithRSAEncryption";
  facts.problems = {handshake::CertificateProblem::name_mismatch};
  return facts;
}

inline handshake::ProbeResult success() {
  using handshake::Phase;
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::success;
  result.address = "10.0.0.9:3389";
  result.duration = std::chrono::microseconds(41000);
  result.phases = {{Phase::connect, milliseconds(11)}, {Phase::tls, std::chrono::microseconds(13250)}};
  result.negotiation.emplace();
  result.negotiation->selected = 8;
  result.tls.emplace();
  result.tls->cipher = "ECDHE-RSA-AES256-GCM-SHA384";
  result.certificate = certificate();
  result.transport = handshake::TransportFacts{std::chrono::microseconds(11500), 2};
  result.findings = {"nla_not_required"};
  return result;
}

/// A judgement of a fleet in which ts01 .. ts09 have the certificate of success() and `odd`, a self-signed
/// one, does not; with three down together in `site`.
inline fleet::JudgementPtr judgement_with_outlier(const fleet::EndpointKey& odd,
                                                  const std::string& site = "") {
  const auto member = [](const std::string& name) {
    auto state = std::make_shared<fleet::TargetState>();
    state->key = {name, ""};
    state->target = target(name);
    state->status = fleet::TargetStatus::up;
    state->last_run = kNow;
    state->last_success = kNow;
    state->certificate = std::make_shared<const handshake::CertificateFacts>(certificate());
    return state;
  };
  std::vector<fleet::StatePtr> fleet;
  for (int i = 1; i <= 9; ++i) fleet.push_back(member("ts0" + std::to_string(i) + ":3389"));
  const auto self_signed = member(odd.target);
  self_signed->key = odd;
  auto facts = certificate();
  facts.self_signed = true;
  self_signed->certificate = std::make_shared<const handshake::CertificateFacts>(facts);
  fleet.push_back(self_signed);
  for (int i = 0; i < 3 && !site.empty(); ++i) {
    const auto down = member("down" + std::to_string(i));
    down->target = target(down->key.target, {{"site", site}});
    down->status = fleet::TargetStatus::down;
    down->consecutive_failures = 1;
    down->failing_since = kNow - seconds(60);
    fleet.push_back(down);
  }
  return std::make_shared<const fleet::FleetJudgement>(fleet, kNow);
}

/// success(), one phase further: the host named itself.
inline handshake::ProbeResult success_with_nla() {
  handshake::ProbeResult result = success();
  result.nla = handshake::NlaFacts{handshake::NlaOutcome::challenge, 6, {}};
  result.host.emplace();
  result.host->netbios_computer = "TS01";
  result.host->netbios_domain = "CORP";
  result.host->dns_computer = "ts01.corp.example.com";
  result.host->dns_domain = "corp.example.com";
  result.host->os_build = "10.0.20348";
  result.host->os_name = "Windows Server 2022";
  result.host->clock_skew = handshake::Seconds(0.23);
  result.host->name_mismatch = false;
  return result;
}

inline handshake::ProbeResult reset_in_tls() {
  handshake::ProbeResult result;
  result.verdict = handshake::Verdict::failure;
  result.failure =
      handshake::Failure{handshake::Phase::tls, handshake::FailureReason::connection_reset, "free text", {}};
  result.duration = milliseconds(30);
  return result;
}

/// A host that takes standard RDP security and TLS 1.0 and 1.2; RDSTLS and TLS 1.3 stayed open.
/// Of a failed run: more causes than have a series.
inline std::shared_ptr<const diagnosis::Diagnosis> diagnosis_of(handshake::Failure failure) {
  diagnosis::Diagnosis out;
  out.failure = std::move(failure);
  out.causes = {{"private_key_unreadable", diagnosis::Likelihood::likely, {}, {}},
                {"inline_device_cuts_tls", diagnosis::Likelihood::likely, {}, {}},
                {"no_common_tls", diagnosis::Likelihood::possible, {}, {}},
                {"server_stalled", diagnosis::Likelihood::possible, {}, {}}};
  return std::make_shared<const diagnosis::Diagnosis>(std::move(out));
}

inline handshake::AuditResult audit() {
  using handshake::Acceptance;
  using handshake::TlsVersion;
  handshake::AuditResult result;
  result.verdict = handshake::Verdict::success;
  result.protocols = {{0, Acceptance::yes, ""},
                      {1, Acceptance::yes, ""},
                      {2, Acceptance::no, "free text"},
                      {8, Acceptance::no, "free text"},
                      {4, Acceptance::unknown, "free text"}};
  result.tls = {{TlsVersion::tls10, Acceptance::yes, ""},
                {TlsVersion::tls11, Acceptance::no, "free text"},
                {TlsVersion::tls12, Acceptance::yes, ""},
                {TlsVersion::tls13, Acceptance::unknown, "free text"}};
  result.nla_required = false;
  result.findings = {"legacy_rdp_security", "nla_not_required", "legacy_tls"};
  return result;
}

inline fleet::RunRecord run(handshake::ProbeResult attempt, double when) {
  fleet::RunRecord record;
  record.attempts.push_back(std::move(attempt));
  record.finished = at(when);
  record.interval = seconds(60);
  return record;
}

inline std::string all_of(TargetExposition& exposition) {
  std::string text;
  for (auto piece = exposition.next(); !piece.empty(); piece = exposition.next()) text.append(piece);
  return text;
}

inline TargetExpositionOptions options() {
  TargetExpositionOptions options;
  options.now = kNow;
  options.client_error = [](const handshake::Failure&) { return std::string("0x904/0x7"); };
  return options;
}

inline std::string expose(const fleet::ResultStore& store, TargetExpositionOptions with = options()) {
  TargetExposition exposition(store.snapshot(), std::move(with));
  return all_of(exposition);
}

/// The samples, without HELP and TYPE.
inline std::string samples(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("#")) out.append(line).append("\n");
  }
  return out;
}

/// The lines of one family, without HELP and TYPE.
inline std::string family(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "{")) out.append(line).append("\n");
  }
  return out;
}

}  // namespace rdpwatch::metrics::test
