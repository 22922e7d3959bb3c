#pragma once
// What the place that text goes to can show.

#include <cstddef>
#include <string>
#include <string_view>

namespace rdpwatch::report {

struct TextStyle {
  bool colour = false;
  bool utf8 = true;        ///< false: ASCII only, whatever the strings contain
  std::size_t width = 80;  ///< columns; text is laid out for 40 to 200 of them
};

enum class Colour { red, yellow, green, blue, grey, bold };

/// `text` in that colour, or as it is where the style has none.
std::string paint(const TextStyle& style, Colour colour, std::string_view text);

}  // namespace rdpwatch::report
