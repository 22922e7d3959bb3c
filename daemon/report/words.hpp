#pragma once
// Ids of findings, certificate problems and protocols in plain words. Thread-safe: constants.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

struct FindingWords {
  std::string_view id;
  std::string_view meaning;
  std::string_view fix;
};

/// Every finding that a probe of today can have.
std::span<const FindingWords> findings();
/// Null for an id that is not in the table.
const FindingWords* find_finding(std::string_view id);

/// What is wrong with the certificate, and what to do.
std::string_view meaning(handshake::CertificateProblem problem);
std::string_view fix(handshake::CertificateProblem problem);

/// What the host answered: "the host said who it is"; on licences: "the host asks for this client's licence".
std::string_view in_words(handshake::NlaOutcome outcome);
std::string_view in_words(handshake::LicensingOutcome outcome);

/// "Windows Server 2022 (10.0.20348)", "build 10.0.20348"; empty where the host did not say.
std::string system_in_words(const handshake::HostFacts& facts);

/// For people: "TLS with NLA (hybrid)".
std::string protocol_in_words(std::uint32_t selected);

/// For JSON: the protocol's name, or "unknown(0x20)".
std::string protocol_label(std::uint32_t selected);

}  // namespace rdpwatch::report
