#include "probes/wire/windows_releases.hpp"

namespace rdpwatch::wire {
namespace {

struct Release {
  std::uint8_t major;
  std::uint8_t minor;
  std::uint16_t build;
  std::string_view name;
};

constexpr Release kReleases[] = {
#define RDPWATCH_WINDOWS_RELEASE(major, minor, build, name) {major, minor, build, name},
#include "probes/wire/windows_releases.def"
#undef RDPWATCH_WINDOWS_RELEASE
};

}  // namespace

std::optional<std::string_view> windows_release(std::uint8_t major, std::uint8_t minor, std::uint16_t build) {
  for (const Release& release : kReleases) {
    if (release.major == major && release.minor == minor && release.build == build) return release.name;
  }
  return std::nullopt;
}

}  // namespace rdpwatch::wire
