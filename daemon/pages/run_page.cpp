#include "daemon/pages/run_page.hpp"

#include <boost/json/array.hpp>
#include <cstdio>
#include <string>

#include "daemon/pages/charts.hpp"
#include "daemon/pages/diagnosis_section.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/report/diagnosis_report.hpp"
#include "daemon/report/json_text.hpp"
#include "probes/diagnosis/client_error.hpp"
#include "probes/handshake/failure_text.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;

json::array log_rows(const std::vector<on_demand::LogLine>& log) {
  json::array out;
  for (const auto& line : log) {
    std::array<char, 32> at{};
    std::snprintf(at.data(), at.size(), "%.4f s", std::chrono::duration<double>(line.at).count());
    out.push_back({{"log_at", at.data()}, {"log_text", line.text}});
  }
  return out;
}

std::string_view title(on_demand::RunKind kind) {
  switch (kind) {
    case on_demand::RunKind::probe:
      return "Probe of ";
    case on_demand::RunKind::diagnosis:
      return "Diagnosis of ";
  }
  return "";
}

void put_ending(json::object& model, const on_demand::RunResult& result) {
  const auto& probe = result.report.result;
  model["run_class"] = "warn";
  if (const auto refusal = on_demand::no_verdict(result)) {
    model["run_ending"] = "No verdict: " + refusal->text + ".";
    return;
  }
  model["run_class"] = probe.failure ? "bad" : "good";
  model["run_ending"] = (probe.failure ? handshake::describe(*probe.failure) : "It answers as it should") +
                        ". It took " + handshake::to_text(probe.duration) + ".";
  model["run_us"] = report::us_or_them(result.report);
  if (probe.failure) {
    if (const auto error = diagnosis::client_error(*probe.failure)) model["run_code"] = to_label(*error);
  }
  if (!on_demand::agrees_with_state(result).value_or(true)) {
    model["run_differs"] = "The scheduler's last run found it " + std::string(fleet::name(result.status)) +
                           ": something changed since, or comes and goes.";
  }
}

}  // namespace

Page run_page(const fleet::EndpointKey& key, const on_demand::RunResult& result,
              const std::vector<on_demand::LogLine>& log) {
  Page page;
  page.name = "run";
  page.title = std::string(title(result.kind)) + display_name(key);
  page.section = "targets";
  json::object& model = page.model;
  put_ending(model, result);
  model["run_target"] = display_name(key);
  model["run_link"] = target_link(key);
  model["has_log"] = !log.empty();
  model["log_rows"] = log_rows(log);
  // The bars are of a state's last result; of a run there is only that.
  fleet::TargetState only;
  only.last_result = std::make_shared<const handshake::ProbeResult>(result.report.result);
  json::array phases = waterfall(only, {});
  model["has_phases"] = !phases.empty();
  model["phases"] = std::move(phases);
  const auto& diagnosis = result.report.diagnosis;
  model["has_causes"] = !diagnosis.causes.empty();
  model["run_causes"] = cause_rows(diagnosis.causes, result.report.platform);
  json::array experiments;
  for (const auto& record : diagnosis.experiments) {
    experiments.push_back({{"experiment_question", report::tried(result.report, record)},
                           {"experiment_outcome", record.outcome}});
  }
  model["has_experiments"] = !experiments.empty();
  model["experiments"] = std::move(experiments);
  model["run_json"] = report::to_text(on_demand::to_json(result), report::JsonLayout::indented);
  return page;
}

}  // namespace rdpwatch::pages
