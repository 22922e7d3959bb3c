#pragma once
// What is known of a target, as a list of names and values: templates/part-facts.html shows one.

#include <boost/json/array.hpp>
#include <string_view>
#include <utility>

namespace rdpwatch::pages {

/// Rows of {fact_name, fact_value, fact_wide}.
class FactList {
 public:
  /// Leaves out what has no value. `wide`: over all columns, for long values.
  void add(std::string_view name, std::string_view value, bool wide = false) {
    if (value.empty()) return;
    rows_.push_back({{"fact_name", name}, {"fact_value", value}, {"fact_wide", wide}});
  }

  bool empty() const { return rows_.empty(); }
  boost::json::array take() { return std::move(rows_); }

 private:
  boost::json::array rows_;
};

}  // namespace rdpwatch::pages
