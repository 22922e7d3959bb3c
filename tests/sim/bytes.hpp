#pragma once
// Numbers and pieces of messages as bytes.

#include <cstdint>
#include <span>
#include <string_view>

#include "tests/sim/scenario.hpp"

namespace rdpwatch::sim {

void append(Bytes& bytes, std::span<const std::uint8_t> more);
void append_u16_le(Bytes& bytes, std::size_t value);
void append_u32_le(Bytes& bytes, std::uint32_t value);
void append_u64_le(Bytes& bytes, std::uint64_t value);
void append_u16_be(Bytes& bytes, std::size_t value);

/// At `offset`, which must leave room for it.
std::uint16_t u16_le(std::span<const std::uint8_t> bytes, std::size_t offset);
std::uint32_t u32_le(std::span<const std::uint8_t> bytes, std::size_t offset);
std::uint16_t u16_be(std::span<const std::uint8_t> bytes, std::size_t offset);

/// UTF-8 as UTF-16LE without a terminator; U+FFFD for what is no UTF-8.
Bytes utf16(std::string_view text);

}  // namespace rdpwatch::sim
