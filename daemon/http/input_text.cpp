#include "daemon/http/input_text.hpp"

#include <charconv>

namespace rdpwatch::http {
namespace {

constexpr std::size_t kLongestQuote = 80;
constexpr std::string_view kHexDigits = "0123456789abcdef";

}  // namespace

std::optional<std::uint32_t> whole_number(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::string quote_input(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, kLongestQuote)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      out.push_back(c);
    } else {
      out.append("\\x").push_back(kHexDigits[byte >> 4]);
      out.push_back(kHexDigits[byte & 0x0F]);
    }
  }
  return out.append(text.size() > kLongestQuote ? "...\"" : "\"");
}

}  // namespace rdpwatch::http
