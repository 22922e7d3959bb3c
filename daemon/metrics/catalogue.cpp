#include "daemon/metrics/catalogue.hpp"

#include <boost/json.hpp>
#include <vector>

namespace rdpwatch::metrics {
namespace {

constexpr std::string_view kTargetLabels =
    "Every series of a target has the labels target, group, the inventory's own and, on expanded endpoints, "
    "address.";

std::vector<std::string> label_list(const MetricRow& row) {
  std::vector<std::string> labels;
  std::string_view rest = row.labels;
  while (!rest.empty()) {
    const auto space = rest.find(' ');
    labels.emplace_back(rest.substr(0, space));
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  return labels;
}

std::string joined(const std::vector<std::string>& parts, std::string_view before, std::string_view after) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out.append(", ");
    out.append(before).append(part).append(after);
  }
  return out;
}

std::string text() {
  std::string out(kTargetLabels);
  out.push_back('\n');
  for (const auto& row : kCatalogue) {
    out.append("\n")
        .append(row.name)
        .append("\n  ")
        .append(name(row.type))
        .append(", ")
        .append(name(row.subject));
    if (!row.labels.empty()) out.append(", labels ").append(joined(label_list(row), "", ""));
    if (row.drop > 0) out.append(", number ").append(std::to_string(row.drop)).append(" to go at max_series");
    out.append("\n  ").append(row.help).append("\n");
  }
  return out;
}

std::string markdown() {
  std::string out(kTargetLabels);
  out.append("\n`drop` is the place in the order in which whole families go at `metrics.max_series`.\n\n");
  out.append("| name | type | of | labels | drop | meaning |\n|---|---|---|---|---|---|\n");
  for (const auto& row : kCatalogue) {
    out.append("| `")
        .append(row.name)
        .append("` | ")
        .append(name(row.type))
        .append(" | ")
        .append(name(row.subject));
    out.append(" | ").append(joined(label_list(row), "`", "`")).append(" | ");
    if (row.drop > 0) out.append(std::to_string(row.drop));
    out.append(" | ").append(row.help).append(" |\n");
  }
  return out;
}

std::string json() {
  boost::json::array rows;
  for (const auto& row : kCatalogue) {
    boost::json::object object;
    object["name"] = row.name;
    object["type"] = name(row.type);
    object["subject"] = name(row.subject);
    boost::json::array labels;
    for (const auto& label : label_list(row)) labels.emplace_back(label);
    object["labels"] = std::move(labels);
    if (row.drop > 0) object["drop"] = row.drop;
    object["help"] = row.help;
    rows.push_back(std::move(object));
  }
  return boost::json::serialize(rows) + "\n";
}

}  // namespace

std::string_view name(MetricType type) {
  switch (type) {
    case MetricType::gauge:
      return "gauge";
    case MetricType::counter:
      return "counter";
    case MetricType::histogram:
      return "histogram";
  }
  return "";
}

std::string_view name(Subject subject) {
  switch (subject) {
    case Subject::target:
      return "target";
    case Subject::group:
      return "group";
    case Subject::self:
      return "self";
  }
  return "";
}

std::span<const MetricRow> catalogue() {
  return kCatalogue;
}

std::optional<CatalogueFormat> catalogue_format_by_name(std::string_view name) {
  if (name == "text") return CatalogueFormat::text;
  if (name == "markdown") return CatalogueFormat::markdown;
  if (name == "json") return CatalogueFormat::json;
  return std::nullopt;
}

std::string render_catalogue(CatalogueFormat format) {
  switch (format) {
    case CatalogueFormat::text:
      return text();
    case CatalogueFormat::markdown:
      return markdown();
    case CatalogueFormat::json:
      return json();
  }
  return {};
}

}  // namespace rdpwatch::metrics
