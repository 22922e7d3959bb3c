#pragma once
// Columns and lines: widths are counted in characters, not bytes. Text is expected to be clean().

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/report/text_style.hpp"

namespace rdpwatch::report {

/// Characters in `text`.
std::size_t display_width(std::string_view text);

/// Filled up with blanks to `width`; a longer text stays as it is.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// At most `width` characters, the last one an ellipsis where something was cut off.
std::string shorten(const TextStyle& style, std::string_view text, std::size_t width);

/// "  label     text that is broken between words and goes on below itself\n": the label takes `label_width`
/// characters after two blanks of indentation. A word that is too long for a line is not broken.
std::string labelled(const TextStyle& style, std::string_view label, std::size_t label_width,
                     std::string_view text);

/// The columns to lay out for: the style's width within its bounds.
std::size_t columns(const TextStyle& style);

}  // namespace rdpwatch::report
