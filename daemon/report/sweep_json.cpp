#include "daemon/report/sweep_json.hpp"

#include <boost/json/array.hpp>

#include "daemon/report/result_json.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;

json::object summary_json(const SweepSummary& summary) {
  json::object states;
  for (const State state : kStates) states[label(state)] = summary.count(state);
  json::array failures;
  for (const FailureGroup& group : summary.failures) {
    failures.push_back({{"phase", handshake::name(group.phase)},
                        {"reason", handshake::name(group.reason)},
                        {"targets", group.results.size()}});
  }
  json::object out;
  out["states"] = std::move(states);
  out["failures"] = std::move(failures);
  return out;
}

}  // namespace

json::object to_json(const Sweep& sweep, const SweepSummary& summary) {
  json::object out;
  out["schema"] = "rdpwatch.sweep/1";
  out["started"] = rfc3339_milliseconds(sweep.started);
  out["duration_seconds"] = seconds(sweep.duration);
  out["planned"] = sweep.planned;
  out["interrupted"] = sweep.interrupted;
  out["summary"] = summary_json(summary);
  json::array results;
  for (const auto* result : summary.worst_first) results.emplace_back(to_json(*result));
  out["results"] = std::move(results);
  return out;
}

}  // namespace rdpwatch::report
