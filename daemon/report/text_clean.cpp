#include "daemon/report/text_clean.hpp"

#include <cstdint>

namespace rdpwatch::report {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char kEscape = '\x1b';

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// How many bytes an escape sequence at the start of `text` takes (ECMA-48 5.3 to 5.6): control sequences to
// their final byte, strings (titles, hyperlinks) to their terminator, all others two bytes.
std::size_t escape_sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  const char kind = text[1];
  if (kind == '[') {
    for (std::size_t at = 2; at < text.size(); ++at) {
      const std::uint8_t byte = byte_at(text, at);
      if (byte >= 0x40 && byte <= 0x7E) return at + 1;
      if (byte < 0x20 || byte > 0x3F) return at;
    }
    return text.size();
  }
  if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
    for (std::size_t at = 2; at < text.size(); ++at) {
      if (text[at] == '\a') return at + 1;
      if (text[at] == kEscape) return at + 1 < text.size() && text[at + 1] == '\\' ? at + 2 : at;
    }
    return text.size();
  }
  return byte_at(text, 1) >= 0x20 && byte_at(text, 1) <= 0x7E ? 2 : 1;
}

}  // namespace

Character first_character(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {kReplacement, 1};
  char32_t code = lead & (0x7F >> length);
  for (std::size_t at = 1; at < length; ++at) {
    const std::uint8_t byte = byte_at(text, at);
    if ((byte & 0xC0) != 0x80) return {kReplacement, 1};
    code = (code << 6) | (byte & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {kReplacement, 1};
  return {code, length};
}

bool is_unsafe(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code <= 0x9F)) return true;
  if (code >= 0x200B && code <= 0x200F) return true;  // zero width, left-to-right and right-to-left marks
  if (code >= 0x2028 && code <= 0x202E) return true;  // separators, embeddings and overrides
  if (code >= 0x2060 && code <= 0x206F) return true;  // word joiner, isolates
  return code == 0x061C || code == 0xFEFF || (code >= 0xE0000 && code <= 0xE007F);
}

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.front() == kEscape) {
      text.remove_prefix(escape_sequence_length(text));
      continue;
    }
    const Character character = first_character(text);
    text.remove_prefix(character.bytes);
    if (character.code == '\n' || character.code == '\t') {
      out += ' ';
    } else if (!is_unsafe(character.code)) {
      append_utf8(out, character.code);
    }
  }
  return out;
}

std::string clean(std::string_view text, bool utf8) {
  const std::string safe = clean(text);
  if (utf8) return safe;
  std::string out;
  for (std::string_view rest = safe; !rest.empty();) {
    const Character character = first_character(rest);
    out += character.code < 0x80 ? static_cast<char>(character.code) : '?';
    rest.remove_prefix(character.bytes);
  }
  return out;
}

}  // namespace rdpwatch::report
