#pragma once
// Ranking: the causes that the evidence allows, in order. Words for how likely, no percentages: nobody
// calibrated any.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace rdpwatch::diagnosis {

/// `decisive`: the evidence allows nothing else. `likely`: it fits, and others fit less or as well.
/// `possible`: nothing speaks against it.
enum class Likelihood : std::uint8_t { decisive, likely, possible };
std::string_view name(Likelihood likelihood);

struct RankedCause {
  std::string_view id;  ///< of causes.yml; a literal
  Likelihood likelihood = Likelihood::possible;
  std::vector<std::string> evidence;  ///< sentences, with numbers
  std::vector<std::string> against;

  RankedCause& because(std::string sentence);
  RankedCause& but(std::string sentence);
};

class Ranking {
 public:
  /// A cause that is there already keeps its place and the stronger likelihood. References stay valid.
  RankedCause& add(std::string_view id, Likelihood likelihood);
  bool has(std::string_view id) const;
  bool empty() const { return causes_.empty(); }

  /// By likelihood; those of the same in the order in which they were added.
  std::vector<RankedCause> take();

 private:
  std::deque<RankedCause> causes_;
};

}  // namespace rdpwatch::diagnosis
