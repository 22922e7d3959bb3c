#include "probes/wire/named_number.hpp"

#include <cstdio>

namespace rdpwatch::wire {

std::string_view find_name(std::span<const NamedNumber> rows, std::uint32_t number) {
  for (const NamedNumber& row : rows) {
    if (row.number == number) return row.name;
  }
  return {};
}

std::string hex_text(std::uint32_t number, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%0*x", digits, static_cast<unsigned>(number));
  return text;
}

std::string name_and_number(std::string_view name, const std::string& number) {
  if (name.empty()) return number;
  return std::string(name) + " (" + number + ")";
}

}  // namespace rdpwatch::wire
