#pragma once
// Diagnostics: collects every error of one file, so that all of them are shown at once.

#include <string>
#include <vector>

#include "config/load.hpp"

namespace rdpwatch::config {

/// A place in the file that is being read; both from 1, in bytes.
class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  void add(Place place, std::string message);
  bool empty() const { return errors_.empty(); }
  Position position(Place place) const { return {file_, place.line, place.column}; }

  /// The errors sorted by position; after the first 1000 a last one says how many more there are.
  std::vector<Error> take();

 private:
  std::string file_;
  std::vector<Error> errors_;
  std::size_t not_kept_ = 0;
};

}  // namespace rdpwatch::config
