#pragma once
// What a run that somebody asked for found, for a browser without JavaScript. Thread-safe: a pure function.

#include <vector>

#include "daemon/on_demand/target_run.hpp"
#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

/// Of a run that has ended, with its log. Status 200 also where it has no verdict: the page says why.
Page run_page(const fleet::EndpointKey& key, const on_demand::RunResult& result,
              const std::vector<on_demand::LogLine>& log);

}  // namespace rdpwatch::pages
