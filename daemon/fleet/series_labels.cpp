#include "daemon/fleet/series_labels.hpp"

#include <cstdint>

namespace rdpwatch::fleet {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool in_range(unsigned char byte, unsigned char low, unsigned char high) {
  return byte >= low && byte <= high;
}

/// Length of the valid UTF-8 sequence at the start of `text` (not empty), 0 when there is none. Overlong
/// forms, surrogates and values above U+10FFFF are not valid (Unicode, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (in_range(first, 0xC2, 0xDF)) {
    length = 2;
  } else if (in_range(first, 0xE0, 0xEF)) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (in_range(first, 0xF0, 0xF4)) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || !in_range(byte(1), low, high)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!in_range(byte(i), 0x80, 0xBF)) return 0;
  }
  return length;
}

}  // namespace

void append_clean_utf8(std::string& out, std::string_view text, std::size_t max_bytes) {
  std::size_t left = max_bytes;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool control = (first < 0x20 && first != '\n') || first == 0x7F;
    const std::string_view piece = length == 0 || control ? kReplacement : text.substr(0, length);
    if (piece.size() > left) return;
    out.append(piece);
    left -= piece.size();
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  std::string clean;
  append_clean_utf8(clean, value, kMaxLabelValue);
  out.append(name).append("=\"");
  for (const char c : clean) {
    if (c == '\n') {
      out.append("\\n");
    } else if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

std::string series_labels(const inventory::Target& target, std::string_view address) {
  std::string out;
  append_label(out, "target", target.name);
  out.push_back(',');
  append_label(out, "group", target.group);
  if (!address.empty()) {
    out.push_back(',');
    append_label(out, "address", address);
  }
  for (const auto& [name, value] : target.labels) {
    out.push_back(',');
    append_label(out, name, value);
  }
  out.shrink_to_fit();
  return out;
}

}  // namespace rdpwatch::fleet
