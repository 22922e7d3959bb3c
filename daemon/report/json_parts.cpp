#include "daemon/report/json_parts.hpp"

#include <string>

#include "daemon/report/verdict.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/gcc.hpp"

namespace rdpwatch::report {

namespace json = boost::json;

void put_text(json::object& object, std::string_view key, std::string_view text) {
  if (!text.empty()) object[key] = text;
}

void put_failure(json::object& out, const handshake::Failure& failure) {
  json::object row;
  row["phase"] = handshake::name(failure.phase);
  row["reason"] = handshake::name(failure.reason);
  row["category"] = handshake::name(handshake::category(failure.reason));
  put_text(row, "detail", failure.detail);
  if (failure.number) row["number"] = *failure.number;
  out["failure"] = std::move(row);
  const auto error = diagnosis::client_error(failure);
  if (!error) return;
  json::object client;
  client["code"] = diagnosis::hex_label(error->code);
  if (error->extended) client["extended_code"] = diagnosis::hex_label(*error->extended);
  out["client_error"] = std::move(client);
}

json::object certificate_json(const handshake::CertificateFacts& facts, WallTime at) {
  json::object out;
  out["subject"] = facts.subject;
  out["issuer"] = facts.issuer;
  out["sans"] = string_array(facts.sans);
  out["serial"] = facts.serial;
  out["sha256"] = facts.sha256;
  out["not_before"] = rfc3339_seconds(facts.not_before);
  out["not_after"] = rfc3339_seconds(facts.not_after);
  out["days_to_expiry"] = round_to_tenth(days_to_expiry(at, facts));
  out["key_type"] = facts.key_type;
  out["key_bits"] = facts.key_bits;
  out["signature_algorithm"] = facts.signature_algorithm;
  json::array problems;
  for (const auto problem : facts.problems) problems.emplace_back(handshake::name(problem));
  out["problems"] = std::move(problems);
  return out;
}

json::object host_json(const handshake::HostFacts& facts) {
  json::object out;
  put_text(out, "netbios_computer", facts.netbios_computer);
  put_text(out, "netbios_domain", facts.netbios_domain);
  put_text(out, "dns_computer", facts.dns_computer);
  put_text(out, "dns_domain", facts.dns_domain);
  put_text(out, "dns_forest", facts.dns_forest);
  put_text(out, "os_build", facts.os_build);
  put_text(out, "os_name", facts.os_name);
  if (facts.clock_skew) out["clock_skew_seconds"] = round_to_tenth(facts.clock_skew->count());
  if (facts.name_mismatch) out["name_mismatch"] = *facts.name_mismatch;
  return out;
}

json::object mcs_json(const handshake::McsFacts& facts) {
  json::object out;
  out["version"] = wire::describe_rdp_version(facts.version);
  if (facts.requested_protocols) {
    out["requested_protocols"] = string_array(handshake::protocol_names(*facts.requested_protocols));
  }
  out["encryption_method"] = wire::describe_encryption_method(facts.encryption_method);
  out["encryption_level"] = wire::describe_encryption_level(facts.encryption_level);
  if (facts.rdp_key_bits) out["rdp_key_bits"] = *facts.rdp_key_bits;
  return out;
}

}  // namespace rdpwatch::report
