#include "daemon/cli/progress.hpp"

#include <ostream>

namespace rdpwatch::cli {
namespace {

constexpr std::size_t kCells = 30;
constexpr std::size_t kStep = 10;
constexpr auto kRedraw = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(std::ostream& err, bool is_terminal) : err_(err), is_terminal_(is_terminal) {}

void Progress::update(std::size_t done, std::size_t total, std::optional<std::size_t> failed) {
  if (total == 0) return;
  const std::string failed_text = failed ? ", " + std::to_string(*failed) + " failed" : "";
  if (is_terminal_) {
    const auto now = std::chrono::steady_clock::now();
    if (drawn_ && done != total && now - drawn_at_ < kRedraw) return;
    drawn_at_ = now;
    draw(done, total, failed_text);
    return;
  }
  const std::size_t percent = done * 100 / total / kStep * kStep;
  if (percent == percent_) return;
  percent_ = percent;
  err_ << percent << " % (" << done << " of " << total << ")" << failed_text << "\n" << std::flush;
}

void Progress::draw(std::size_t done, std::size_t total, const std::string& failed) {
  const std::size_t cells = done * kCells / total;
  err_ << "\r[" << std::string(cells, '#') << std::string(kCells - cells, '.') << "] " << done * 100 / total
       << " %  " << done << "/" << total << failed << std::flush;
  drawn_ = true;
}

void Progress::finish() {
  if (drawn_) err_ << "\n" << std::flush;
  drawn_ = false;
}

}  // namespace rdpwatch::cli
