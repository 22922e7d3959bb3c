#include "daemon/maintenance/matcher.hpp"

#include <algorithm>

namespace rdpwatch::maintenance {
namespace {

std::string_view host_of(std::string_view name) {
  return name.substr(0, name.rfind(':'));
}

}  // namespace

bool fits_glob(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one met
  std::size_t resume = 0;                     // where the text goes on behind what the star stands for
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

bool covers(const config::MatchSettings& match, const inventory::Target& target) {
  if (match.all) return true;
  if (!match.groups.empty() && std::ranges::find(match.groups, target.group) == match.groups.end())
    return false;
  for (const auto& [name, values] : match.labels) {
    if (std::ranges::find(values, target.label(name)) == values.end()) return false;
  }
  return match.targets.empty() || std::ranges::any_of(match.targets, [&target](const std::string& glob) {
           return fits_glob(glob, target.name) || fits_glob(glob, host_of(target.name));
         });
}

}  // namespace rdpwatch::maintenance
