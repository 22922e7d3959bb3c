#pragma once
// The columns in which the members of a group are compared. Thread-safe: pure functions.

#include <boost/json/array.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/target_json.hpp"
#include "daemon/pages/charts.hpp"

namespace rdpwatch::pages {

/// What most of the members that show it have.
struct Majority {
  std::string value;
  std::size_t agree = 0;
  std::size_t all = 0;
};

/// The value that more than half of at least three have; nothing where there is none.
std::optional<Majority> majority_of(const std::map<std::string, std::size_t>& counts);

class GroupColumns {
 public:
  /// Of `members`, all of one group.
  explicit GroupColumns(const std::vector<fleet::StatePtr>& members);

  /// column_title and column_number (a number: to the right), of each column that any member has a value for.
  boost::json::array titles() const;

  /// A member's cells in the order of titles(): cell_title, cell_text (absent where nothing was observed),
  /// cell_class ("number", "life-soon" ...), cell_odd where it differs, and then cell_why in a sentence.
  boost::json::array cells(const fleet::TargetState& state, const api::RowContext& context) const;

 private:
  struct Compared {
    bool shown = false;
    std::optional<Majority> majority;
  };

  std::vector<std::size_t> phases_;  ///< places in kGroupPhases
  PhaseSpreads spreads_;
  std::vector<Compared> compared_;  ///< by place in the table of columns
  bool certificates_ = false;
};

}  // namespace rdpwatch::pages
