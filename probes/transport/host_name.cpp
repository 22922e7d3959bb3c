#include "probes/transport/host_name.hpp"

#include <algorithm>
#include <cstdint>

namespace rdpwatch::transport {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

bool is_forbidden(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte <= 0x20 || byte == 0x7f || c == '\\';
}

std::string_view without_trailing_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

std::optional<std::string> host_name_fault(std::string_view name) {
  const std::string_view labels = without_trailing_dot(name);
  if (labels.empty()) return "not a host name: it is empty";
  if (labels.size() > kMaxName)
    return "not a host name: it has " + std::to_string(labels.size()) + " characters, 253 are allowed";
  if (std::ranges::any_of(labels, is_forbidden))
    return "not a host name: it contains a blank, a control character or a backslash";
  for (std::size_t begin = 0; begin <= labels.size();) {
    const std::size_t end = std::min(labels.find('.', begin), labels.size());
    if (end == begin)
      return "not a host name: " + std::string(name) + " has an empty label (two dots in a row)";
    if (end - begin > kMaxLabel)
      return "not a host name: it has a label of " + std::to_string(end - begin) +
             " characters, 63 are allowed";
    begin = end + 1;
  }
  return std::nullopt;
}

std::string lower_case(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::vector<std::string> names_to_ask(std::string_view name, const std::vector<std::string>& search,
                                      int ndots) {
  const std::string bare(without_trailing_dot(name));
  if (name.ends_with('.') || std::ranges::count(bare, '.') >= ndots) return {bare};
  std::vector<std::string> names;
  for (const std::string& domain : search) {
    if (bare.size() + 1 + domain.size() <= kMaxName) names.push_back(bare + "." + domain);
  }
  // Windows does not ask for a single label as it is; servers that answer only for their own zones would
  // refuse, and the refusal would hide that the name is in none of the domains.
  if (names.empty() || bare.find('.') != std::string::npos) names.push_back(bare);
  return names;
}

}  // namespace rdpwatch::transport
