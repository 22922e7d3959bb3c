#pragma once
// Evidence -> ranked causes. Deterministic for the same evidence; thread-safe: a pure function.

#include <vector>

#include "probes/diagnosis/evidence.hpp"
#include "probes/diagnosis/ranking.hpp"

namespace rdpwatch::diagnosis {

/// The causes that explain the failure, the likeliest first; where the last attempt succeeded, those of what
/// is wrong without failing. Empty when nothing is wrong, and when nobody knows a cause: then the phase, the
/// reason and the number are all there is to say.
std::vector<RankedCause> judge(const Evidence& evidence);

}  // namespace rdpwatch::diagnosis
