#pragma once
// Texts of a client: numbers in them, and how they are shown to it again. Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rdpwatch::http {

/// Decimal digits alone, from `least` to `most`.
std::optional<std::uint32_t> whole_number(std::string_view text, std::uint32_t least, std::uint32_t most);

/// What a client sent, for an answer to it: cut to 80 bytes, what is not printable ASCII as \xNN, in quotes.
std::string quote_input(std::string_view text);

}  // namespace rdpwatch::http
