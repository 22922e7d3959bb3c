#pragma once
// The part of DER (ITU-T X.690) that CredSSP's messages need: one-byte tags and definite lengths. Lengths
// that are longer than they had to be (BER) are read too, as Microsoft's own encoders write them in places.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "probes/wire/decode_result.hpp"

namespace rdpwatch::wire {

/// Identifier octets (X.690 section 8.1.2).
namespace der {
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kSequence = 0x30;  ///< constructed
/// An explicit context tag, [number]; `number` is at most 30.
constexpr std::uint8_t context(unsigned number) {
  return static_cast<std::uint8_t>(0xA0 | number);
}
}  // namespace der

/// Total length of the SEQUENCE that starts at bytes[0], its header included, once all of it is there.
/// `foreign` when the first byte is not that of a SEQUENCE; `oversized` above `max_length`; both are seen as
/// early as possible.
DecodeResult<std::size_t> frame_der(std::span<const std::uint8_t> bytes, std::size_t max_length);

struct DerElement {
  std::uint8_t tag = 0;
  std::span<const std::uint8_t> contents;
};

/// Reads the elements that stand one after another in `bytes`, never past their end. What is wrong goes to
/// `error`, which readers of nested elements share: once it holds text, every read of any of them gives an
/// empty value and at_end() is true, so that a decoder checks once, before it uses what it read. `error` and
/// the bytes must outlive the reader.
class DerReader {
 public:
  DerReader(std::span<const std::uint8_t> bytes, std::string& error) : bytes_(bytes), error_(error) {}

  bool at_end() const { return bytes_.empty() || !error_.empty(); }

  /// The next element, whatever its tag.
  DerElement next();
  /// The contents of the next element, which must have this tag.
  std::span<const std::uint8_t> contents(std::uint8_t tag);
  /// A reader of the elements inside the next element, which must have this tag.
  DerReader enter(std::uint8_t tag) { return {contents(tag), error_}; }
  /// The next element, an INTEGER of at most five bytes.
  std::int64_t integer();

 private:
  std::span<const std::uint8_t> bytes_;
  std::string& error_;
};

}  // namespace rdpwatch::wire
