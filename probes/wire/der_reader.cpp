#include "probes/wire/der_reader.hpp"

#include <cstdio>

namespace rdpwatch::wire {
namespace {

constexpr std::uint8_t kLongTag = 0x1F;      // X.690 section 8.1.2.4: the tag goes on in the next byte
constexpr std::uint8_t kLongLength = 0x80;   // X.690 section 8.1.3.5; alone it is the indefinite length
constexpr std::size_t kMaxLengthBytes = 4;   // no message of ours comes near 4 GiB
constexpr std::size_t kMaxIntegerBytes = 5;  // an unsigned 32-bit number with its leading zero

struct Header {
  std::size_t length = 0;            // of the header itself
  std::uint64_t content_length = 0;  // as announced
};

DecodeResult<Header> read_header(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 2) return NeedMore{2 - bytes.size()};
  if ((bytes[0] & kLongTag) == kLongTag) {
    return Malformed{DecodeError::malformed, "DER tag of more than one byte"};
  }
  if (bytes[1] < kLongLength) return Header{2, bytes[1]};
  const std::size_t count = bytes[1] & 0x7F;
  if (count == 0) return Malformed{DecodeError::malformed, "DER length is indefinite"};
  if (count > kMaxLengthBytes) {
    return Malformed{DecodeError::malformed,
                     "DER length of " + std::to_string(count) + " bytes, at most 4 are allowed"};
  }
  if (bytes.size() < 2 + count) return NeedMore{2 + count - bytes.size()};
  Header header{2 + count, 0};
  for (const std::uint8_t byte : bytes.subspan(2, count)) {
    header.content_length = header.content_length << 8 | byte;
  }
  return header;
}

std::string hex(std::uint8_t tag) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%02x", tag);
  return text;
}

}  // namespace

DecodeResult<std::size_t> frame_der(std::span<const std::uint8_t> bytes, std::size_t max_length) {
  if (!bytes.empty() && bytes[0] != der::kSequence) {
    return Malformed{DecodeError::foreign, "does not start with a DER SEQUENCE"};
  }
  const auto header = read_header(bytes);
  if (header.malformed() != nullptr) return *header.malformed();
  if (header.need_more() != nullptr) return *header.need_more();
  const std::uint64_t length = header.value().length + header.value().content_length;
  if (length > max_length) {
    return Malformed{DecodeError::oversized, "DER SEQUENCE of " + std::to_string(length) +
                                                 " bytes, at most " + std::to_string(max_length) +
                                                 " expected"};
  }
  if (bytes.size() < length) return NeedMore{static_cast<std::size_t>(length) - bytes.size()};
  return static_cast<std::size_t>(length);
}

DerElement DerReader::next() {
  if (!error_.empty()) return {};
  const auto header = read_header(bytes_);
  if (header.malformed() != nullptr) {
    error_ = header.malformed()->what;
    return {};
  }
  if (header.need_more() != nullptr) {
    error_ = "a DER element is missing or cut off";
    return {};
  }
  const std::size_t available = bytes_.size() - header.value().length;
  if (header.value().content_length > available) {
    error_ = "DER length " + std::to_string(header.value().content_length) + ", only " +
             std::to_string(available) + " bytes follow";
    return {};
  }
  const auto content_length = static_cast<std::size_t>(header.value().content_length);
  const DerElement element{bytes_[0], bytes_.subspan(header.value().length, content_length)};
  bytes_ = bytes_.subspan(header.value().length + content_length);
  return element;
}

std::span<const std::uint8_t> DerReader::contents(std::uint8_t tag) {
  const DerElement element = next();
  if (!error_.empty()) return {};
  if (element.tag != tag) {
    error_ = "DER tag " + hex(element.tag) + " where " + hex(tag) + " belongs";
    return {};
  }
  return element.contents;
}

std::int64_t DerReader::integer() {
  const auto bytes = contents(der::kInteger);
  if (!error_.empty()) return 0;
  if (bytes.empty() || bytes.size() > kMaxIntegerBytes) {
    error_ = "DER INTEGER of " + std::to_string(bytes.size()) + " bytes, 1 to 5 are allowed";
    return 0;
  }
  // Two's complement, most significant byte first (X.690 section 8.3).
  std::int64_t value = (bytes[0] & 0x80) != 0 ? -1 : 0;
  for (const std::uint8_t byte : bytes) value = value * 256 + byte;
  return value;
}

}  // namespace rdpwatch::wire
