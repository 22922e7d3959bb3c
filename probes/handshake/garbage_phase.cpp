#include "probes/handshake/garbage_phase.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/pdu_failure.hpp"

namespace rdpwatch::handshake {
namespace {

constexpr std::size_t kGarbageSize = 517;
constexpr std::string_view kText =
    "Z: rdpwatch sends this text instead of a TLS ClientHello, to see whether the connection ends all the "
    "same. ";

// RFC 8446 sections 5.1 and 6: content type 21, version 3.x, length 2, level, description.
constexpr std::size_t kAlertSize = 7;
constexpr std::size_t kAlertNumber = 6;

/// Whether these bytes are an alert record, or may become one.
bool looks_like_alert(const Bytes& bytes) {
  constexpr std::array<std::uint8_t, 5> kHeader{21, 3, 0, 0, 2};
  constexpr std::size_t kMinorVersion = 2;
  for (std::size_t i = 0; i < std::min(bytes.size(), kHeader.size()); ++i) {
    if (i != kMinorVersion && bytes[i] != kHeader[i]) return false;
  }
  return true;
}

}  // namespace

Bytes garbage() {
  Bytes bytes(kGarbageSize);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(kText[i % kText.size()]);
  return bytes;
}

ActionBody GarbagePhase::begin() const {
  return SendBytes{garbage(), "garbage"};
}

PhaseStep GarbagePhase::sent() const {
  return receive_up_to(kReceiveChunk);
}

PhaseStep GarbagePhase::received(const Bytes& bytes) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  const bool alert = looks_like_alert(buffer_);
  if (alert && buffer_.size() < kAlertSize) return receive_up_to(kAlertSize - buffer_.size());
  if (alert) {
    const std::int64_t number = buffer_[kAlertNumber];
    return PhaseFailure{FailureReason::tls_alert,
                        "received alert " + std::to_string(number) + ", " + describe_bytes(buffer_), number};
  }
  return PhaseFailure{FailureReason::tls_not_spoken, "the answer begins with " + describe_bytes(buffer_),
                      std::nullopt};
}

}  // namespace rdpwatch::handshake
