#include "probes/diagnosis/ranking.hpp"

#include <algorithm>
#include <utility>

namespace rdpwatch::diagnosis {

std::string_view name(Likelihood likelihood) {
  switch (likelihood) {
    case Likelihood::decisive:
      return "decisive";
    case Likelihood::likely:
      return "likely";
    case Likelihood::possible:
      return "possible";
  }
  return "possible";
}

RankedCause& RankedCause::because(std::string sentence) {
  evidence.push_back(std::move(sentence));
  return *this;
}

RankedCause& RankedCause::but(std::string sentence) {
  against.push_back(std::move(sentence));
  return *this;
}

RankedCause& Ranking::add(std::string_view id, Likelihood likelihood) {
  const auto found = std::ranges::find(causes_, id, &RankedCause::id);
  if (found == causes_.end()) return causes_.emplace_back(RankedCause{id, likelihood, {}, {}});
  found->likelihood = std::min(found->likelihood, likelihood);
  return *found;
}

bool Ranking::has(std::string_view id) const {
  return std::ranges::find(causes_, id, &RankedCause::id) != causes_.end();
}

std::vector<RankedCause> Ranking::take() {
  std::vector<RankedCause> out(std::make_move_iterator(causes_.begin()),
                               std::make_move_iterator(causes_.end()));
  causes_.clear();
  std::ranges::stable_sort(out, {}, &RankedCause::likelihood);
  return out;
}

}  // namespace rdpwatch::diagnosis
