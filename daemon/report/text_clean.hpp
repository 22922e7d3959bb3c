#pragma once
// Text that a host had a hand in (certificate names, details, banners) made fit for a terminal, a plugin's
// output or a spreadsheet: nothing in it can move the cursor, change colours, forge a line or reverse the
// reading order.

#include <cstddef>
#include <string>
#include <string_view>

namespace rdpwatch::report {

/// One character at the start of a UTF-8 string that is not empty.
struct Character {
  char32_t code = 0;  ///< U+FFFD for a byte that begins no valid sequence
  std::size_t bytes = 1;
};
Character first_character(std::string_view text);

/// Control characters (C0, DEL, C1), line and paragraph separators, and the invisible characters that reorder
/// or hide text.
bool is_unsafe(char32_t code);

void append_utf8(std::string& out, char32_t code);

/// One line of valid UTF-8: escape sequences are removed whole, other unsafe characters too; newlines and
/// tabs become a space; invalid bytes become U+FFFD.
std::string clean(std::string_view text);

/// clean(), then a question mark for each character outside ASCII unless `utf8`.
std::string clean(std::string_view text, bool utf8);

}  // namespace rdpwatch::report
