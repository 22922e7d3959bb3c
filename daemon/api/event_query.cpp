#include "daemon/api/event_query.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

#include "config/duration.hpp"
#include "config/text.hpp"
#include "daemon/api/target_query.hpp"

namespace rdpwatch::api {
namespace {

using events::EventType;

constexpr const char* kTimes = "a time such as 2026-11-22T14:00:00Z, or how long ago, such as 90m or 24h";

const std::vector<std::string>& parameter_names() {
  static const std::vector<std::string> names{"since", "until",  "type",  "target", "group",
                                              "after", "before", "limit", "format"};
  return names;
}

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const auto& row : events::kEventTypes) names.emplace_back(row.name);
  return names;
}

std::optional<std::int64_t> whole_number(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value < least || value > most ? std::nullopt : std::optional(value);
}

class Parser {
 public:
  Parser(EventListQuery& query, fleet::WallTime now) : query_(query), now_(now) {}

  std::optional<Fault> take(const http::QueryParameter& parameter) {
    const auto& name = parameter.name;
    if (parameter.value.size() > kLongestValue) {
      return Fault{
          400,
          config::quoted(name) + ": the value is longer than " + std::to_string(kLongestValue) + " bytes",
          {}};
    }
    if (++taken_ > kMostFilters)
      return Fault{400, "there are more than " + std::to_string(kMostFilters) + " parameters", {}};
    const auto& names = parameter_names();
    if (std::ranges::find(names, name) == names.end())
      return Fault{400, "there is no parameter " + config::quoted(name) + config::did_you_mean(name, names),
                   names};
    if (name == "type") return take_types(parameter.value);
    if (name == "target") return keep(query_.events.targets, parameter.value);
    if (name == "group") return keep(query_.events.groups, parameter.value);
    if (!seen_.insert(name).second) return Fault{400, name + ": may be given only once", {}};
    if (name == "since") return take_time(parameter, query_.events.since);
    if (name == "until") return take_time(parameter, query_.events.until);
    if (name == "format") return take_format(parameter.value);
    return take_number(parameter);
  }

  std::optional<Fault> finish() const {
    if (!seen_.contains("after") || !seen_.contains("before")) return std::nullopt;
    return Fault{400, "after and before can't be given together", {"one of them"}};
  }

 private:
  static std::optional<Fault> keep(std::vector<std::string>& list, const std::string& value) {
    list.push_back(value);
    return std::nullopt;
  }

  std::optional<Fault> take_types(std::string_view list) {
    while (true) {
      const auto comma = list.find(',');
      const std::string_view word = list.substr(0, comma);
      const auto type = events::event_type_by_name(word);
      if (!type) {
        return Fault{
            400, "type: " + config::quoted(word) + " is not known" + config::did_you_mean(word, type_names()),
            type_names()};
      }
      if (std::ranges::find(query_.events.types, *type) == query_.events.types.end())
        query_.events.types.push_back(*type);
      if (comma == std::string_view::npos) return std::nullopt;
      list.remove_prefix(comma + 1);
    }
  }

  std::optional<Fault> take_time(const http::QueryParameter& parameter, std::optional<fleet::WallTime>& out) {
    out = parse_time(parameter.value);
    const auto ago = config::parse_duration(parameter.value);
    if (!out && ago) out = now_ - *ago;
    if (out) return std::nullopt;
    return Fault{
        400, parameter.name + ": " + config::quoted(parameter.value) + " is no time that is known", {kTimes}};
  }

  std::optional<Fault> take_number(const http::QueryParameter& parameter) {
    constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
    const bool is_limit = parameter.name == "limit";
    const auto number =
        is_limit ? whole_number(parameter.value, 1, kMostEvents) : whole_number(parameter.value, 0, kHighest);
    if (!number) {
      return Fault{400,
                   parameter.name + ": must be a whole number, not " + config::quoted(parameter.value),
                   {is_limit ? "1 to " + std::to_string(kMostEvents) : "the id of an event, or 0"}};
    }
    if (is_limit) query_.events.limit = static_cast<std::size_t>(*number);
    if (parameter.name == "before") query_.events.before = *number;
    if (parameter.name == "after") {
      query_.events.after = *number;
      query_.events.newest_first = false;
    }
    return std::nullopt;
  }

  std::optional<Fault> take_format(const std::string& format) {
    if (format != "json" && format != "csv") {
      return Fault{400, "format: " + config::quoted(format) + " is not known", {"json", "csv"}};
    }
    query_.csv = format == "csv";
    return std::nullopt;
  }

  EventListQuery& query_;
  fleet::WallTime now_;
  std::set<std::string> seen_;
  std::size_t taken_ = 0;
};

/// Digits at the start, from `least` to `most`; nothing when there are not exactly `count`.
std::optional<int> take_digits(std::string_view& text, std::size_t count, int least, int most) {
  const auto number = whole_number(text.substr(0, count), least, most);
  if (text.size() < count || !number) return std::nullopt;
  text.remove_prefix(count);
  return static_cast<int>(*number);
}

bool take_mark(std::string_view& text, std::string_view marks) {
  if (text.empty() || marks.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// Of up to nine digits.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take_mark(text, ".")) return std::chrono::nanoseconds(0);
  std::int64_t value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == 9) return std::nullopt;
    value = value * 10 + (text[digits++] - '0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  for (; digits < 9; ++digits) value *= 10;
  return std::chrono::nanoseconds(value);
}

/// "Z", "+01:00", "-05:30": what is to be taken off to get UTC.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take_mark(text, "Zz")) return std::chrono::minutes(0);
  const bool west = !text.empty() && text.front() == '-';
  // A plus sign in a query that was not encoded arrives as a blank.
  if (!take_mark(text, "+- ")) return std::nullopt;
  const auto hours = take_digits(text, 2, 0, 23);
  const bool colon = take_mark(text, ":");
  const auto minutes = take_digits(text, 2, 0, 59);
  if (!hours || !colon || !minutes) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return west ? -offset : offset;
}

}  // namespace

std::optional<fleet::WallTime> parse_time(std::string_view text) {
  using namespace std::chrono;
  const auto year_digits = take_digits(text, 4, 1970, 2200);
  const bool dash = take_mark(text, "-");
  const auto month_digits = take_digits(text, 2, 1, 12);
  const bool dash_again = take_mark(text, "-");
  const auto day_digits = take_digits(text, 2, 1, 31);
  const bool between = take_mark(text, "Tt ");
  const auto hour = take_digits(text, 2, 0, 23);
  const bool colon = take_mark(text, ":");
  const auto minute = take_digits(text, 2, 0, 59);
  const bool colon_again = take_mark(text, ":");
  const auto second = take_digits(text, 2, 0, 60);
  const bool marks = dash && dash_again && between && colon && colon_again;
  if (!marks || !year_digits || !month_digits || !day_digits || !hour || !minute || !second)
    return std::nullopt;
  const auto fraction = take_fraction(text);
  const auto offset = take_offset(text);
  const year_month_day date{year(*year_digits), month(static_cast<unsigned>(*month_digits)),
                            day(static_cast<unsigned>(*day_digits))};
  if (!fraction || !offset || !text.empty() || !date.ok()) return std::nullopt;
  return fleet::WallTime(duration_cast<fleet::WallTime::duration>(sys_days(date).time_since_epoch() +
                                                                  hours(*hour) + minutes(*minute) +
                                                                  seconds(*second) + *fraction - *offset));
}

std::variant<EventListQuery, Fault> parse_event_query(const std::vector<http::QueryParameter>& parameters,
                                                      const std::string& accept, fleet::WallTime now) {
  EventListQuery query;
  query.csv = lower_case(accept).find("text/csv") != std::string::npos;
  Parser parser(query, now);
  for (const auto& parameter : parameters) {
    auto fault = parser.take(parameter);
    if (fault) return std::move(*fault);
  }
  auto fault = parser.finish();
  if (fault) return std::move(*fault);
  return query;
}

}  // namespace rdpwatch::api
