#include "daemon/report/result_json.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "daemon/report/json_parts.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/named_number.hpp"
#include "probes/wire/ntstatus.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;
using handshake::ProbeResult;

// RDP_NEG_RSP flags (MS-RDPBCGR 2.2.1.2.1).
json::array flag_names(std::uint8_t flags) {
  struct FlagRow {
    std::uint8_t bit;
    std::string_view name;
  };
  constexpr std::array kFlags{FlagRow{0x01, "extended_client_data"}, FlagRow{0x02, "dynvc_gfx"},
                              FlagRow{0x04, "reserved"}, FlagRow{0x08, "restricted_admin"},
                              FlagRow{0x10, "redirected_authentication"}};
  json::array names;
  for (const auto& row : kFlags) {
    if ((flags & row.bit) != 0) names.emplace_back(row.name);
    flags = static_cast<std::uint8_t>(flags & ~row.bit);
  }
  if (flags != 0) {
    std::array<char, 8> rest{};
    std::snprintf(rest.data(), rest.size(), "0x%02x", static_cast<unsigned>(flags));
    names.emplace_back(rest.data());
  }
  return names;
}

json::object negotiation_json(const handshake::NegotiationFacts& facts) {
  json::object out;
  out["requested"] = string_array(handshake::protocol_names(facts.requested));
  if (facts.selected) {
    out["selected"] = protocol_label(*facts.selected);
    out["flags"] = flag_names(facts.flags);
  }
  json::array attempts;
  for (const auto& attempt : facts.attempts) {
    json::object row;
    row["requested"] = string_array(handshake::protocol_names(attempt.requested));
    row["tls_profile"] = handshake::name(attempt.profile);
    row["phase"] = handshake::name(attempt.phase);
    row["reason"] = handshake::name(attempt.reason);
    put_text(row, "detail", attempt.detail);
    attempts.emplace_back(std::move(row));
  }
  out["attempts"] = std::move(attempts);
  return out;
}

json::object tls_json(const handshake::TlsFacts& facts) {
  json::object out;
  out["version"] = handshake::name(facts.version);
  put_text(out, "cipher", facts.cipher);
  put_text(out, "group", facts.group);
  out["profile"] = handshake::name(facts.profile);
  return out;
}

json::object nla_json(const handshake::NlaFacts& facts) {
  json::object out;
  out["outcome"] = handshake::name(facts.outcome);
  if (facts.version) out["version"] = *facts.version;
  if (facts.error_code) {
    out["error_code"] = wire::hex_text(*facts.error_code, 8);
    put_text(out, "status", wire::find_ntstatus(*facts.error_code).name);
  }
  return out;
}

json::object licensing_json(const handshake::LicensingFacts& facts) {
  json::object out;
  out["outcome"] = handshake::name(facts.outcome);
  put_text(out, "company", facts.company);
  put_text(out, "product_id", facts.product_id);
  if (!facts.scopes.empty()) out["scopes"] = string_array(facts.scopes);
  return out;
}

json::array phases_json(const ProbeResult& result) {
  json::array phases;
  for (const auto& timing : result.phases) {
    phases.push_back({{"phase", handshake::name(timing.phase)}, {"seconds", seconds(timing.duration)}});
  }
  return phases;
}

json::array not_applicable_json(const ProbeResult& result) {
  json::array rows;
  for (const auto& row : result.not_applicable) {
    rows.push_back({{"phase", handshake::name(row.phase)}, {"why", row.why}});
  }
  return rows;
}

}  // namespace

json::object to_json(const ProbeResult& result) {
  json::object out;
  out["schema"] = "rdpwatch.probe/1";
  out["target"] = result.target;
  put_text(out, "address", result.address);
  put_text(out, "group", result.group);
  out["module"] = result.module;
  out["started"] = rfc3339_milliseconds(result.started);
  out["duration_seconds"] = seconds(result.duration);
  out["success"] = result.verdict == handshake::Verdict::success;
  if (result.verdict == handshake::Verdict::abandoned) put_text(out, "abandoned", result.abandoned_why);
  if (result.failure) put_failure(out, *result.failure);
  out["phases"] = phases_json(result);
  if (result.negotiation) out["negotiation"] = negotiation_json(*result.negotiation);
  if (result.tls) out["tls"] = tls_json(*result.tls);
  if (result.certificate) out["certificate"] = certificate_json(*result.certificate, result.started);
  if (result.nla) out["nla"] = nla_json(*result.nla);
  if (result.host) {
    // A host may answer without a word of itself.
    json::object host = host_json(*result.host);
    if (!host.empty()) out["host"] = std::move(host);
  }
  if (result.mcs) out["mcs"] = mcs_json(*result.mcs);
  if (result.licensing) out["licensing"] = licensing_json(*result.licensing);
  // A connection that never stood has no round trip: TCP_INFO says 0 then.
  if (result.transport && result.transport->rtt.count() > 0) {
    json::object transport;
    transport["rtt_seconds"] = seconds(result.transport->rtt);
    transport["retransmits"] = result.transport->retransmits;
    out["transport"] = std::move(transport);
  }
  out["not_applicable"] = not_applicable_json(result);
  out["findings"] = string_array(result.findings);
  return out;
}

}  // namespace rdpwatch::report
