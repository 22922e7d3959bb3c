#include "daemon/report/status_text.hpp"

#include <array>
#include <boost/json/array.hpp>

#include "daemon/report/text_clean.hpp"
#include "daemon/report/text_layout.hpp"
#include "daemon/report/text_sections.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::report {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key, const TextStyle& style) {
  const auto* const value = object.if_contains(key);
  return value == nullptr ? std::string() : clean(value->as_string(), style.utf8);
}

std::int64_t number_of(const json::object& object, std::string_view key) {
  return object.at(key).to_number<std::int64_t>();
}

bool is_set(const json::object& object, std::string_view key) {
  const auto* const value = object.if_contains(key);
  return value != nullptr && value->as_bool();
}

std::string plural(std::int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string first_line(const json::object& status, const TextStyle& style) {
  if (is_set(status, "prober_blind")) {
    return paint(style, Colour::red, "US") +
           ": most of the fleet went down at once, so look at this prober's own network first\n";
  }
  if (is_set(status, "prober_clock_wrong")) {
    std::string line = paint(style, Colour::yellow, "US") + ": the prober's clock is wrong";
    if (const auto* const skew = status.if_contains("median_clock_skew_seconds"))
      line += ", most hosts' are " + decimal(skew->to_number<double>()) + " s from it";
    return line + "\n";
  }
  if (!status.contains("judged"))
    return "Us or them: not known yet, the fleet was not looked at as a whole\n";
  return "Us or them: nothing points at the prober\n";
}

std::string counts_line(const FleetAnswers& answers, const TextStyle& style) {
  constexpr std::array<std::string_view, 5> kStates{"down", "flapping", "unknown", "maintenance", "up"};
  std::int64_t total = 0;
  std::string states;
  for (const auto state : kStates) {
    const auto count = number_of(answers.by_state, state);
    total += count;
    const bool always = state == "down" || state == "up";
    if (count == 0 && !always) continue;
    const std::string text = std::to_string(count) + " " + std::string(state);
    states.append(states.empty() ? "" : ", ");
    states.append(state == "down" && count > 0 ? paint(style, Colour::red, text) : text);
  }
  return plural(total, "target") + ": " + states + "\n";
}

std::string daemon_lines(const json::object& status, const TextStyle& style) {
  std::string out;
  if (const auto* const oldest = status.if_contains("oldest_result")) {
    const auto& row = oldest->as_object();
    out +=
        "Oldest result: " + text_of(row, "last_run", style) + ", of " + text_of(row, "target", style) + "\n";
  }
  if (!status.at("configuration").as_object().at("last_reload_successful").as_bool())
    out += "The last reload of the configuration failed; the one before goes on\n";
  const auto held = number_of(status, "held_changes");
  if (held > 0)
    out += plural(held, "update") + " of the inventory would remove too many targets; a reload accepts it\n";
  // A daemon of an earlier version does not say it.
  const auto* const clean_up = status.at("targets").as_object().if_contains("clean_up");
  if (clean_up != nullptr && clean_up->to_number<std::int64_t>() > 0)
    out += "To be cleaned up, never up or without a name: " +
           plural(clean_up->to_number<std::int64_t>(), "target") + "; the page /clean-up lists them\n";
  if (const auto* const paths = status.if_contains("path_failures")) {
    for (const auto& path : paths->as_array()) {
      const auto& row = path.as_object();
      out += "Down together: " + plural(number_of(row, "members"), "host") + " of " +
             text_of(row, "scope", style) + " " + text_of(row, "name", style) + ", since " +
             text_of(row, "since", style) + "\n";
    }
  }
  return out;
}

Colour colour_of_state(std::string_view state) {
  if (state == "down") return Colour::red;
  return state == "up" ? Colour::green : Colour::yellow;
}

std::string why_line(const json::object& row, const TextStyle& style) {
  std::string out;
  if (const auto* const failure = row.if_contains("failure")) {
    const auto& facts = failure->as_object();
    out = text_of(facts, "reason", style) + " in " + text_of(facts, "phase", style);
    const std::string detail = text_of(facts, "detail", style);
    if (!detail.empty()) out += ": " + detail;
  }
  if (const auto* const client = row.if_contains("client_error")) {
    const auto& codes = client->as_object();
    out += "; a client shows " + text_of(codes, "code", style);
    const std::string extended = text_of(codes, "extended_code", style);
    if (!extended.empty()) out += "/" + extended;
  }
  return out;
}

std::string target_lines(const json::object& row, const TextStyle& style) {
  const std::string state = text_of(row, "state", style);
  const std::string target = text_of(row, "target", style);
  std::string out = "\n" + paint(style, colour_of_state(state), state) + "  " + target;
  const std::string address = text_of(row, "expanded_address", style);
  if (!address.empty()) out += " (" + address + ")";
  out += "  group " + text_of(row, "group", style) + ", since " + text_of(row, "since", style) + "\n";
  const std::string why = why_line(row, style);
  if (!why.empty()) out += labelled(style, "why", kLabelWidth, why);
  const std::string good = text_of(row, "last_success", style);
  if (!good.empty() && state != "up") out += labelled(style, "last good", kLabelWidth, good);
  if (const auto* const siblings = row.if_contains("siblings")) {
    const auto& counts = siblings->as_object();
    out += labelled(style, "siblings", kLabelWidth,
                    std::to_string(number_of(counts, "fine")) + " of " +
                        plural(number_of(counts, "others"), "other") + " of the group fine");
  }
  if (const auto* const causes = row.if_contains("causes");
      causes != nullptr && !causes->as_array().empty()) {
    const auto& cause = causes->as_array().front().as_object();
    out += labelled(style, text_of(cause, "likelihood", style), kLabelWidth,
                    text_of(cause, "title", style) + " (" + text_of(cause, "id", style) + ")");
  }
  if (state == "down" || state == "flapping")
    out += labelled(style, "next", kLabelWidth, "rdpwatch diagnose " + target);
  return out;
}

}  // namespace

std::string to_text(const FleetAnswers& answers, const TextStyle& style) {
  std::string out =
      first_line(answers.status, style) + counts_line(answers, style) + daemon_lines(answers.status, style);
  const auto& rows = answers.targets.at("targets").as_array();
  for (const auto& row : rows) out += target_lines(row.as_object(), style);
  const auto total = number_of(answers.targets, "total");
  const auto shown = static_cast<std::int64_t>(rows.size());
  if (shown < total) out += "\nand " + std::to_string(total - shown) + " more; --limit shows more of them\n";
  return out;
}

int exit_code(const FleetAnswers& answers) {
  if (number_of(answers.by_state, "down") > 0) return 2;
  const auto& status = answers.status;
  const bool warning = number_of(answers.by_state, "flapping") > 0 ||
                       number_of(answers.by_state, "unknown") > 0 || is_set(status, "prober_blind") ||
                       is_set(status, "prober_clock_wrong") || number_of(status, "held_changes") > 0 ||
                       !status.at("configuration").as_object().at("last_reload_successful").as_bool();
  return warning ? 1 : 0;
}

}  // namespace rdpwatch::report
