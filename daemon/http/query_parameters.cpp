#include "daemon/http/query_parameters.hpp"

#include <algorithm>
#include <charconv>

namespace rdpwatch::http {
namespace {

constexpr std::size_t kLongestQuote = 80;
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::optional<char> hex_byte(std::string_view digits) {
  unsigned byte = 0;
  if (digits.size() != 2) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, byte, 16);
  if (error != std::errc() || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(byte);
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const auto byte = hex_byte(text.substr(i + 1, 2));
    if (!byte) return std::nullopt;
    out.push_back(*byte);
    i += 2;
  }
  return out;
}

}  // namespace

std::optional<QueryParameters> QueryParameters::parse(std::string_view query, std::string& fault) {
  QueryParameters parsed;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view one = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    auto name = decode(one.substr(0, equals));
    auto value = decode(one.substr(std::min(equals + 1, one.size())));
    if (!name || !value) {
      fault = "the query has a % that two hexadecimal digits do not follow: " + quote_input(one);
      return std::nullopt;
    }
    parsed.parameters_.emplace_back(std::move(*name), std::move(*value));
  }
  return parsed;
}

std::optional<std::string> QueryParameters::find(std::string_view name) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [name](const auto& parameter) { return parameter.first == name; });
  if (found == parameters_.end()) return std::nullopt;
  return found->second;
}

std::size_t QueryParameters::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(parameters_.begin(), parameters_.end(),
                    [name](const auto& parameter) { return parameter.first == name; }));
}

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
