#include "daemon/api/target_id.hpp"

#include <charconv>

namespace rdpwatch::api {
namespace {

constexpr char kMark = '~';
constexpr std::string_view kBetween = "~~";

bool stands_for_itself(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : text) {
    if (stands_for_itself(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kMark);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 0xF]);
  }
}

/// What is not well-formed is taken as it comes: key_of() compares.
std::string decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    unsigned byte = 0;
    const char* const digits = text.data() + 1;
    if (text.front() != kMark || text.size() < 3 ||
        std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    out.push_back(static_cast<char>(byte));
    text.remove_prefix(3);
  }
  return out;
}

}  // namespace

std::string id_of(const fleet::EndpointKey& key) {
  std::string out;
  append_encoded(out, key.target);
  if (key.address.empty()) return out;
  out.append(kBetween);
  append_encoded(out, key.address);
  return out;
}

std::optional<fleet::EndpointKey> key_of(std::string_view id) {
  const auto between = id.find(kBetween);
  fleet::EndpointKey key;
  key.target = decoded(id.substr(0, between));
  if (between != std::string_view::npos) key.address = decoded(id.substr(between + kBetween.size()));
  if (key.target.empty() || id_of(key) != id) return std::nullopt;
  return key;
}

}  // namespace rdpwatch::api
