#pragma once
// Numbers of a protocol and the names that its specification gives them, as texts for people.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rdpwatch::wire {

struct NamedNumber {
  std::uint32_t number = 0;
  std::string_view name;
};

/// Empty when no row has this number.
std::string_view find_name(std::span<const NamedNumber> rows, std::uint32_t number);

/// "0x6" or, with digits = 2, "0x06". `digits` is the least number of digits, 1 to 8.
std::string hex_text(std::uint32_t number, int digits = 1);

/// "NAME (NUMBER)", or the number alone when the name is empty.
std::string name_and_number(std::string_view name, const std::string& number);

}  // namespace rdpwatch::wire
