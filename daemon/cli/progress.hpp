#pragma once
// Progress of a sweep or an audit on standard error: a bar that overwrites itself on a terminal, else one
// line for each tenth.

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>

namespace rdpwatch::cli {

class Progress {
 public:
  Progress(std::ostream& err, bool is_terminal);

  /// `done` never shrinks; `failed` of them failed. Nothing: not worth a word, as for questions to one host.
  void update(std::size_t done, std::size_t total, std::optional<std::size_t> failed = std::nullopt);

  /// Ends the bar's line, so that other text begins at its start.
  void finish();

 private:
  void draw(std::size_t done, std::size_t total, const std::string& failed);

  std::ostream& err_;
  bool is_terminal_;
  bool drawn_ = false;
  std::size_t percent_ = 0;  ///< shown last
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace rdpwatch::cli
