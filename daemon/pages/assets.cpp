#include "daemon/pages/assets.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "daemon/pages/embedded_files.hpp"

namespace rdpwatch::pages {
namespace {

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

/// FNV-1a: the same on every machine, unlike std::hash.
std::string hash_of_assets() {
  std::uint64_t hash = 14695981039346656037U;
  for (const auto& file : embedded_files()) {
    if (!file.name.starts_with("assets/")) continue;
    for (const char c : file.text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), hash, 16).ptr;
  return {digits.data(), end};
}

}  // namespace

http::Response asset_answer(std::string_view path) {
  const auto files = embedded_files();
  const auto found = std::find_if(files.begin(), files.end(), [path](const auto& file) {
    return path.substr(1) == file.name && file.name.starts_with("assets/");
  });
  if (found == files.end()) return http::text_response(404, "there is no such asset");
  http::Response response;
  response.content_type = type_of(found->name);
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000");
  response.body = found->text;
  return response;
}

const std::string& asset_version() {
  static const std::string version = hash_of_assets();
  return version;
}

}  // namespace rdpwatch::pages
