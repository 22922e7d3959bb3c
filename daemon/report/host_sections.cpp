#include "daemon/report/host_sections.hpp"

#include "daemon/report/failure_section.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/words.hpp"
#include "probes/handshake/protocol_names.hpp"
#include "probes/wire/gcc.hpp"
#include "probes/wire/ntstatus.hpp"

namespace rdpwatch::report {
namespace {

using handshake::NlaOutcome;
using handshake::ProbeResult;

constexpr std::size_t kLabel = 12;

std::string line(const TextStyle& style, std::string_view label, std::string_view text) {
  return text.empty() ? "" : labelled(style, label, kLabel, clean(text, style.utf8));
}

std::string listed(std::initializer_list<std::string_view> texts) {
  std::string out;
  for (const auto text : texts) {
    if (!text.empty()) out.append(out.empty() ? "" : ", ").append(text);
  }
  return out;
}

std::string joined(const auto& texts) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

std::string mcs_lines(const TextStyle& style, const ProbeResult& result) {
  const auto& facts = *result.mcs;
  std::string out = line(style, "protocol", "RDP " + wire::describe_rdp_version(facts.version));
  // What it heard is news only where it differs from what was sent.
  if (facts.requested_protocols && result.negotiation &&
      *facts.requested_protocols != result.negotiation->requested) {
    out +=
        line(style, "problem",
             "the host heard a request for " + joined(handshake::protocol_names(*facts.requested_protocols)) +
                 ", and " + joined(handshake::protocol_names(result.negotiation->requested)) + " was sent");
  }
  if (facts.encryption_method == 0 && facts.encryption_level == 0) {
    out += line(style, "encryption", result.tls ? "by TLS" : "none");
  } else {
    out += line(style, "encryption",
                wire::describe_encryption_method(facts.encryption_method) + ", level " +
                    wire::describe_encryption_level(facts.encryption_level));
  }
  if (facts.rdp_key_bits) out += line(style, "key", "RSA " + std::to_string(*facts.rdp_key_bits) + " bits");
  return out;
}

}  // namespace

std::string nla_lines(const TextStyle& style, const ProbeResult& result) {
  if (!result.nla || result.nla->outcome == NlaOutcome::no_credssp) return "";
  const auto& facts = *result.nla;
  std::string text = std::string(in_words(facts.outcome)) + " (" + std::string(name(facts.outcome)) + ")";
  if (facts.error_code) text += ", " + wire::describe_ntstatus(*facts.error_code);
  if (facts.version) text += ", CredSSP version " + std::to_string(*facts.version);
  return line(style, "answer", text);
}

std::string host_lines(const TextStyle& style, const ProbeResult& result) {
  if (!result.host) return "";
  const auto& facts = *result.host;
  const std::string forest = facts.dns_forest == facts.dns_domain ? "" : facts.dns_forest;
  std::string out = line(style, "computer", listed({facts.netbios_computer, facts.dns_computer}));
  out += line(style, "domain", listed({facts.netbios_domain, facts.dns_domain}));
  out += line(style, "forest", forest);
  out += line(style, "system", system_in_words(facts));
  if (facts.clock_skew) out += line(style, "clock", clock_skew_in_words(*facts.clock_skew));
  if (facts.name_mismatch.value_or(false)) {
    out += line(style, "problem", "it does not call itself " + split_target(result.target).host);
  }
  return out;
}

std::string session_lines(const TextStyle& style, const ProbeResult& result) {
  std::string out = result.mcs ? mcs_lines(style, result) : "";
  if (!result.licensing) return out;
  const auto& facts = *result.licensing;
  out += line(style, "licences",
              std::string(in_words(facts.outcome)) + " (" + std::string(name(facts.outcome)) + ")");
  out += line(style, "licensed by", listed({facts.company, facts.product_id}));
  return out + line(style, "for", joined(facts.scopes));
}

}  // namespace rdpwatch::report
