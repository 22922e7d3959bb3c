#include "daemon/report/waterfall.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/report/text_layout.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::report {
namespace {

constexpr std::size_t kNameWidth = 11;
constexpr std::size_t kTimeWidth = 8;
constexpr std::size_t kMark = 8;  // Two blanks and "failed".
constexpr std::size_t kMargins = 4;
constexpr std::size_t kLongestBar = 60;

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

}  // namespace

std::string waterfall(const TextStyle& style, const handshake::ProbeResult& result) {
  handshake::Duration total{};
  for (const auto& timing : result.phases) total += timing.duration;
  const std::size_t room = std::min(columns(style) - kNameWidth - kTimeWidth - kMark - kMargins, kLongestBar);
  const double cells_per_tick =
      total.count() > 0 ? static_cast<double>(room) / static_cast<double>(total.count()) : 0;

  std::string out;
  handshake::Duration passed{};
  for (const auto& timing : result.phases) {
    const bool failed = result.failure && result.failure->phase == timing.phase;
    const double begin = static_cast<double>(passed.count()) * cells_per_tick;
    passed += timing.duration;
    const double end = static_cast<double>(passed.count()) * cells_per_tick;
    const std::size_t from = std::min(static_cast<std::size_t>(std::lround(begin)), room - 1);
    const std::size_t to = std::clamp(static_cast<std::size_t>(std::lround(end)), from + 1, room);

    out += "  " + pad_right(handshake::name(timing.phase), kNameWidth);
    out += pad_left(handshake::to_text(timing.duration), kTimeWidth) + "  " + std::string(from, ' ');
    out += paint(style, failed ? Colour::red : Colour::blue, repeat(style.utf8 ? "█" : "#", to - from));
    if (failed) out += "  " + paint(style, Colour::red, "failed");
    out += "\n";
  }
  return out;
}

}  // namespace rdpwatch::report
