#include "config/diagnostics.hpp"

#include <algorithm>
#include <tuple>

namespace rdpwatch::config {

namespace {
constexpr std::size_t kMostErrors = 1000;
}

std::string to_string(const Error& error) {
  return error.where.file + ":" + std::to_string(error.where.line) + ":" +
         std::to_string(error.where.column) + ": " + error.message;
}

void Diagnostics::add(Place place, std::string message) {
  if (errors_.size() == kMostErrors) {
    ++not_kept_;
    return;
  }
  errors_.push_back({position(place), std::move(message)});
}

std::vector<Error> Diagnostics::take() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const Error& a, const Error& b) {
    return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
  });
  if (not_kept_ > 0) {
    Error last{errors_.back().where, std::to_string(not_kept_) + " more errors are not shown"};
    errors_.push_back(std::move(last));
  }
  return std::move(errors_);
}

}  // namespace rdpwatch::config
