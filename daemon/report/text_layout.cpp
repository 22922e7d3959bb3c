#include "daemon/report/text_layout.hpp"

#include <algorithm>

#include "daemon/report/text_clean.hpp"

namespace rdpwatch::report {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kWidest = 200;

std::size_t bytes_of(std::string_view text, std::size_t characters) {
  std::size_t bytes = 0;
  while (characters-- > 0 && bytes < text.size()) bytes += first_character(text.substr(bytes)).bytes;
  return bytes;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (; !text.empty(); text.remove_prefix(first_character(text).bytes)) ++width;
  return width;
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::string shorten(const TextStyle& style, std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::string_view ellipsis = style.utf8 ? "…" : "~";
  if (width == 0) return "";
  return std::string(text.substr(0, bytes_of(text, width - 1))) + std::string(ellipsis);
}

std::string labelled(const TextStyle& style, std::string_view label, std::size_t label_width,
                     std::string_view text) {
  const std::size_t left = kIndent + label_width;
  const std::size_t room = std::max<std::size_t>(columns(style), left + 20) - left;
  std::string out = std::string(kIndent, ' ') + pad_right(label, label_width);
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t width = display_width(word);
    if (used != 0 && used + 1 + width > room) {
      out += "\n" + std::string(left, ' ');
      used = 0;
    } else if (used != 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += width;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out + "\n";
}

std::size_t columns(const TextStyle& style) {
  return std::clamp(style.width, kNarrowest, kWidest);
}

}  // namespace rdpwatch::report
