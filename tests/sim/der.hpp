#pragma once
// DER and BER with definite lengths (ITU-T X.690), as far as TSRequest, SPNEGO and MCS use it.

#include <cstdint>
#include <optional>
#include <span>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

/// The element with this tag, one byte long, and this content of at most 65535 bytes.
Bytes der(std::uint8_t tag, const Bytes& content);
/// The length in front of a content of so many bytes.
Bytes der_length(std::size_t size);

/// Reads elements one after the other. The first one that is not as expected ends the reading: everything
/// after it reads as nothing, and at_end() stays false.
class DerReader {
 public:
  explicit DerReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  bool next_is(std::uint8_t tag) const { return !failed_ && !rest_.empty() && rest_[0] == tag; }
  /// The content of the next element, which must have this tag.
  std::optional<std::span<const std::uint8_t>> take(std::uint8_t tag);
  /// A reader of that content.
  DerReader enter(std::uint8_t tag);
  bool at_end() const { return !failed_ && rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
  bool failed_ = false;
};

}  // namespace rdpwatch::sim
