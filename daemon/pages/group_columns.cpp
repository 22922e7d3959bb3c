#include "daemon/pages/group_columns.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/pages/target_row.hpp"
#include "daemon/report/time_text.hpp"
#include "daemon/report/verdict.hpp"
#include "daemon/report/words.hpp"
#include "probes/handshake/failure_text.hpp"
#include "probes/handshake/protocol_names.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using fleet::OutlierDimension;
using fleet::TargetState;

/// Members that a majority is one of.
constexpr std::size_t kFewest = 3;

std::string tls_version(const TargetState& state) {
  const auto* const result = state.last_result.get();
  return result != nullptr && result->tls ? std::string(handshake::name(result->tls->version)) : "";
}

const std::optional<std::uint32_t>* selected(const TargetState& state) {
  const auto* const result = state.last_result.get();
  if (result == nullptr || !result->negotiation || !result->negotiation->selected) return nullptr;
  return &result->negotiation->selected;
}

std::string protocol(const TargetState& state) {
  const auto* const chosen = selected(state);
  return chosen != nullptr ? report::protocol_label(**chosen) : "";
}

/// What an audit found, else what the host chose.
std::string nla(const TargetState& state) {
  if (state.audit && state.audit->nla_required)
    return *state.audit->nla_required ? "required" : "not required";
  const auto* const chosen = selected(state);
  if (chosen == nullptr) return "";
  const std::string_view name = handshake::protocol_name(**chosen);
  return name == "hybrid" || name == "hybrid_ex" ? "chosen" : "not chosen";
}

std::string issuer(const TargetState& state) {
  if (!state.certificate) return "";
  const auto& facts = *state.certificate;
  if (facts.self_signed) return "self-signed";
  return facts.issuer_cn.empty() ? facts.issuer : facts.issuer_cn;
}

std::string build(const TargetState& state) {
  return state.host ? report::system_in_words(*state.host) : "";
}

struct Column {
  std::string_view title;
  std::string (*value)(const TargetState& state);
  OutlierDimension dimension;  ///< whose sentence stands at what differs
};

constexpr std::array kCompared{Column{"TLS", tls_version, OutlierDimension::security},
                               Column{"Protocol", protocol, OutlierDimension::security},
                               Column{"NLA", nla, OutlierDimension::security},
                               Column{"Issuer", issuer, OutlierDimension::certificate},
                               Column{"System", build, OutlierDimension::build}};

constexpr std::string_view kCertificate = "Certificate";

std::string why_of(const TargetState& state, const api::RowContext& context, OutlierDimension dimension) {
  for (const auto& outlier : context.judgement->outliers_of(state.key)) {
    if (outlier.dimension == dimension) return outlier.why;
  }
  return "";
}

/// Of the sentence about latency, which has a part for each slow phase, the one that is about this phase.
std::string slow_part(const std::string& why, std::string_view phase) {
  const std::string about = std::string(phase) + " takes ";
  for (std::size_t begin = 0; begin < why.size();) {
    const std::size_t end = std::min(why.find("; ", begin), why.size());
    const std::string part = why.substr(begin, end - begin);
    if (part.starts_with(about)) return part;
    begin = end + 2;
  }
  return "";
}

json::object phase_cell(const TargetState& state, const api::RowContext& context, std::size_t place,
                        const std::optional<fleet::Spread>& spread) {
  const auto name = handshake::name(fleet::kGroupPhases[place]);
  json::object cell{{"cell_title", name}, {"cell_class", "number"}};
  const auto newest = state.durations.newest(place);
  if (!newest) return cell;
  cell["cell_text"] = handshake::to_text(*newest);
  std::string why = slow_part(why_of(state, context, OutlierDimension::latency), name);
  if (!why.empty()) {
    cell["cell_odd"] = true;
    cell["cell_why"] = std::move(why);
  } else if (spread && *newest > spread->limit) {
    cell["cell_odd"] = true;
    cell["cell_why"] = "the group's median is " + handshake::to_text(spread->median);
  }
  return cell;
}

json::object certificate_cell(const TargetState& state, fleet::WallTime now) {
  json::object cell{{"cell_title", kCertificate}, {"cell_class", "number"}};
  if (!state.certificate) return cell;
  const double days = report::days_to_expiry(now, *state.certificate);
  cell["cell_text"] = report::days_left_in_words(report::round_to_tenth(days));
  cell["cell_class"] = "number life-" + std::string(life_class(days));
  return cell;
}

}  // namespace

std::optional<Majority> majority_of(const std::map<std::string, std::size_t>& counts) {
  Majority out;
  for (const auto& [value, number] : counts) {
    out.all += number;
    if (number <= out.agree) continue;
    out.value = value;
    out.agree = number;
  }
  if (out.all < kFewest || out.agree * 2 <= out.all) return std::nullopt;
  return out;
}

GroupColumns::GroupColumns(const std::vector<fleet::StatePtr>& members) : spreads_(phase_spreads(members)) {
  const auto any = [&members](const auto& has) { return std::any_of(members.begin(), members.end(), has); };
  for (std::size_t place = 0; place < fleet::kGroupPhases.size(); ++place) {
    if (any([place](const auto& member) { return member->durations.newest(place).has_value(); }))
      phases_.push_back(place);
  }
  certificates_ = any([](const auto& member) { return member->certificate != nullptr; });
  for (const auto& column : kCompared) {
    std::map<std::string, std::size_t> counts;
    for (const auto& member : members) {
      if (auto value = column.value(*member); !value.empty()) ++counts[std::move(value)];
    }
    compared_.push_back({!counts.empty(), majority_of(counts)});
  }
}

json::array GroupColumns::titles() const {
  json::array out;
  const auto add = [&out](std::string_view title, bool number) {
    out.push_back({{"column_title", title}, {"column_number", number}});
  };
  for (const auto place : phases_) add(handshake::name(fleet::kGroupPhases[place]), true);
  if (certificates_) add(kCertificate, true);
  for (std::size_t i = 0; i < kCompared.size(); ++i) {
    if (compared_[i].shown) add(kCompared[i].title, false);
  }
  return out;
}

json::array GroupColumns::cells(const TargetState& state, const api::RowContext& context) const {
  json::array out;
  for (const auto place : phases_) out.emplace_back(phase_cell(state, context, place, spreads_[place]));
  if (certificates_) out.emplace_back(certificate_cell(state, context.now));
  for (std::size_t i = 0; i < kCompared.size(); ++i) {
    if (!compared_[i].shown) continue;
    const auto& column = kCompared[i];
    json::object cell{{"cell_title", column.title}, {"cell_class", "text"}};
    std::string value = column.value(state);
    const auto& majority = compared_[i].majority;
    if (majority && !value.empty() && value != majority->value) {
      std::string why = why_of(state, context, column.dimension);
      cell["cell_odd"] = true;
      cell["cell_why"] = why.empty() ? std::to_string(majority->agree) + " of " +
                                           std::to_string(majority->all) + " have " + majority->value
                                     : std::move(why);
    }
    if (!value.empty()) cell["cell_text"] = std::move(value);
    out.emplace_back(std::move(cell));
  }
  return out;
}

}  // namespace rdpwatch::pages
