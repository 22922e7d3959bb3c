#pragma once
// What Microsoft's client would show its user where a probe ended like this. An estimate with its certainty,
// not a measurement. Thread-safe: pure functions.

#include <cstdint>
#include <optional>
#include <string>

#include "probes/diagnosis/client_codes.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::diagnosis {

struct ClientError {
  std::uint32_t code;
  std::optional<std::uint32_t> extended;
  Certainty certainty;  ///< of the link from the probe's outcome to the code
};

/// Nothing where the client's code is not known or the client would not meet the failure at all (our own
/// machine's faults, a policy of ours, an answer to a question that only a probe asks). `number` as in
/// handshake::Failure.
std::optional<ClientError> client_error(handshake::Phase phase, handshake::FailureReason reason,
                                        std::optional<std::int64_t> number = std::nullopt);
std::optional<ClientError> client_error(const handshake::Failure& failure);

/// "0x904/0x7", or "0x204" where there is no extended code.
std::string to_label(const ClientError& error);

}  // namespace rdpwatch::diagnosis
