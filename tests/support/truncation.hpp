#pragma once
// Truncated input. Each copy lies in a block of exactly its size, so that AddressSanitizer sees a read past
// its end.

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace rdpwatch::test {

/// Calls check(bytes) with the first `length` bytes of `whole`.
template <typename Check>
void with_exact_copy(std::span<const std::uint8_t> whole, std::size_t length, Check check) {
  const auto copy = std::make_unique<std::uint8_t[]>(length);
  if (length > 0) std::memcpy(copy.get(), whole.data(), length);
  check(std::span<std::uint8_t>(copy.get(), length));
}

/// Calls check(bytes) with `whole` cut to every length below its own, 0 included. The bytes may be changed.
template <typename Check>
void for_each_truncation(std::span<const std::uint8_t> whole, Check check) {
  for (std::size_t length = 0; length < whole.size(); ++length) with_exact_copy(whole, length, check);
}

/// Writes the size of a TPKT that was cut into its header, when it has a whole one.
inline void mend_tpkt_length(std::span<std::uint8_t> tpkt) {
  if (tpkt.size() < 4) return;
  tpkt[2] = static_cast<std::uint8_t>(tpkt.size() >> 8);
  tpkt[3] = static_cast<std::uint8_t>(tpkt.size());
}

}  // namespace rdpwatch::test
