#include "probes/handshake/pdu_failure.hpp"

#include <string>

#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::handshake {

PhaseFailure pdu_failure(const wire::Malformed& malformed, std::span<const std::uint8_t> bytes,
                         FailureReason foreign) {
  const std::string detail = malformed.what + ": " + describe_bytes(bytes);
  switch (malformed.error) {
    case wire::DecodeError::foreign:
      return {foreign, detail, std::nullopt};
    case wire::DecodeError::malformed:
      return {FailureReason::malformed_pdu, detail, std::nullopt};
    case wire::DecodeError::unexpected:
      return {FailureReason::unexpected_pdu, detail, std::nullopt};
    case wire::DecodeError::oversized:
      return {FailureReason::oversized_pdu, detail, std::nullopt};
  }
  return {FailureReason::internal_error, detail, std::nullopt};
}

}  // namespace rdpwatch::handshake
