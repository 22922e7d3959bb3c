// maintenance: the windows that are planned.

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "config/decode.hpp"
#include "config/duration.hpp"
#include "config/maintenance_match.hpp"
#include "config/map_reader.hpp"
#include "config/text.hpp"
#include "config/time_zone.hpp"

namespace rdpwatch::config {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMostWindows = 200;
constexpr std::chrono::hours kLongestRepeated{7 * 24};
constexpr std::chrono::hours kLongestOnce{366 * 24};

constexpr const char* kTimeOfDay = "a time of day from \"00:00\" to \"23:59\"";
constexpr const char* kLocalTime = "a date and a time of the time zone such as \"2026-12-01 22:00\"";

/// Exactly as many digits as `text` has; nothing for anything else.
std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number ? std::optional(value) : std::nullopt;
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = number(text.substr(0, 2));
  const auto minutes = number(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes(*hours * 60 + *minutes);
}

/// "2026-12-01 22:00"
std::optional<LocalMinutes> parse_local_time(std::string_view text) {
  if (text.size() != 16 || text[4] != '-' || text[7] != '-' || text[10] != ' ') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  const auto time = parse_time_of_day(text.substr(11));
  if (!year || !month || !day || !time) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  if (!date.ok() || *year < 2000) return std::nullopt;
  return std::chrono::local_days(date) + *time;
}

/// One window; `path` is "maintenance[N]".
class WindowDecoder {
 public:
  WindowDecoder(const Node& node, const std::string& path, const std::vector<std::string>& groups,
                Diagnostics& diagnostics)
      : node_(node),
        groups_(groups),
        diagnostics_(diagnostics),
        reader_(node, path, {"name", "match", "weekly", "monthly", "once", "duration", "time_zone", "reason"},
                diagnostics) {}

  WindowSettings decode() {
    if (!reader_.is_mapping()) return window_;
    read_name();
    if (const Node* match = reader_.find("match")) {
      decode_match(*match, reader_.path("match"), groups_, diagnostics_, window_.match);
    } else {
      diagnostics_.add(node_.place, reader_.path("match") +
                                        " is missing, allowed: a mapping with the keys group, target, "
                                        "label, all: which targets the window covers");
    }
    read_time_zone();
    read_times();
    read_short_text("reason", kLongestReason, window_.reason);
    return window_;
  }

 private:
  void read_short_text(std::string_view key, std::size_t longest, std::string& out) {
    reader_.read_text(key, out);
    if (out.size() > longest) reader_.wrong(key, "a text of at most " + std::to_string(longest) + " bytes");
  }

  void read_name() {
    const Node* name = reader_.find("name");
    if (name == nullptr) {
      diagnostics_.add(node_.place,
                       reader_.path("name") + " is missing, allowed: a name that no other window has");
      return;
    }
    reader_.read_text("name", window_.name);
    const bool is_scalar = name->kind == Node::Kind::scalar;
    if (is_scalar && (name->text.empty() || name->text.size() > kLongestWindowName))
      reader_.wrong("name", "a name of 1 to 100 bytes");
  }

  void read_time_zone() {
    const Node* zone = reader_.find("time_zone");
    std::string name;
    if (zone == nullptr ||
        !text_of(*zone, reader_.path("time_zone"), "the name of a time zone", diagnostics_, name))
      return;
    const std::string fault = fault_of_time_zone(name);
    if (fault.empty()) {
      window_.time_zone = name;
    } else {
      diagnostics_.add(zone->place, reader_.path("time_zone") + ": " + fault);
    }
  }

  void read_times() {
    constexpr std::array<std::string_view, 3> kKinds{"weekly", "monthly", "once"};
    const auto given = std::count_if(kKinds.begin(), kKinds.end(),
                                     [this](std::string_view kind) { return reader_.has(kind); });
    if (given != 1) {
      diagnostics_.add(node_.place, reader_.path("weekly") + ", monthly, once: " +
                                        (given == 0 ? "all are missing" : "more than one is there") +
                                        ", allowed: exactly one of them says when the window begins");
    }
    if (const Node* weekly = reader_.find("weekly")) read_weekly(*weekly);
    if (const Node* monthly = reader_.find("monthly")) read_monthly(*monthly);
    const Node* once = reader_.find("once");
    if (once != nullptr) read_once(*once);
    reader_.read_duration("duration", 1min, once != nullptr ? kLongestOnce : kLongestRepeated,
                          window_.duration);
    check_end(once);
  }

  /// A window ends after its duration; one that comes once may have a last moment instead.
  void check_end(const Node* once) {
    if (window_.to && reader_.has("duration")) {
      diagnostics_.add(reader_.place("duration"),
                       reader_.path("duration") + ": once.to is there as well, allowed: one of the two");
    } else if (!reader_.has("duration") && (once == nullptr || !once_has_to_)) {
      diagnostics_.add(node_.place, reader_.path("duration") +
                                        " is missing, allowed: a duration from 1m to " +
                                        (once == nullptr ? "7d" : "366d, or once.to"));
    }
  }

  void read_at(MapReader& reader) {
    const Node* at = reader.find("at");
    if (at == nullptr) {
      diagnostics_.add(reader.place("at"), reader.path("at") + " is missing, allowed: " + kTimeOfDay);
      return;
    }
    const auto time = at->kind == Node::Kind::scalar ? parse_time_of_day(at->text) : std::nullopt;
    if (time) {
      window_.at = *time;
    } else {
      reader.wrong("at", kTimeOfDay);
    }
  }

  /// The list at `days`, which must not be empty; null when it is no such list.
  const Node* read_days(MapReader& reader, std::string_view of_what) {
    const Node* list = reader.read_list("days", of_what);
    if (reader.has("days") && (list == nullptr || !list->children.empty())) return list;
    diagnostics_.add(reader.place("days"), reader.path("days") + " is missing or empty, allowed: a list of " +
                                               std::string(of_what));
    return nullptr;
  }

  void read_weekday(const Node& node, const std::string& path, unsigned& out) {
    const auto weekday = node.kind == Node::Kind::scalar ? parse_weekday(node.text) : std::nullopt;
    if (weekday) {
      out = *weekday;
    } else {
      report_wrong(node, path, "a day of the week: mon, tue, wed, thu, fri, sat or sun", diagnostics_);
    }
  }

  void read_weekly(const Node& node) {
    window_.repeat = WindowRepeat::weekly;
    MapReader reader(node, reader_.path("weekly"), {"days", "at"}, diagnostics_);
    if (!reader.is_mapping()) return;
    read_at(reader);
    const Node* days = read_days(reader, "days of the week (mon, tue, wed, thu, fri, sat, sun)");
    if (days == nullptr) return;
    for (std::size_t i = 0; i < days->children.size(); ++i) {
      window_.weekdays.push_back(0);
      read_weekday(days->children[i], reader.path("days") + "[" + std::to_string(i) + "]",
                   window_.weekdays.back());
    }
  }

  void read_monthly(const Node& node) {
    window_.repeat = WindowRepeat::monthly;
    MapReader reader(node, reader_.path("monthly"), {"days", "at"}, diagnostics_);
    if (!reader.is_mapping()) return;
    read_at(reader);
    const Node* days = read_days(reader, "days such as {weekday: tue, which: 2}");
    if (days == nullptr) return;
    for (std::size_t i = 0; i < days->children.size(); ++i) {
      const std::string path = reader.path("days") + "[" + std::to_string(i) + "]";
      read_monthly_day(days->children[i], path);
    }
  }

  void read_monthly_day(const Node& node, const std::string& path) {
    MapReader reader(node, path, {"weekday", "which"}, diagnostics_);
    if (!reader.is_mapping()) return;
    MonthlyDay day;
    if (const Node* weekday = reader.find("weekday")) {
      read_weekday(*weekday, reader.path("weekday"), day.weekday);
    } else {
      diagnostics_.add(node.place,
                       reader.path("weekday") + " is missing, allowed: mon, tue, wed, thu, fri, sat or sun");
    }
    const Node* which = reader.find("which");
    if (which == nullptr) {
      diagnostics_.add(node.place, reader.path("which") + " is missing, allowed: 1, 2, 3, 4 or last");
    } else if (which->kind == Node::Kind::scalar && which->text == "last") {
      day.which = kLastOfMonth;
    } else if (which->kind == Node::Kind::scalar && which->text.size() == 1 && which->text[0] >= '1' &&
               which->text[0] <= '4') {
      day.which = static_cast<unsigned>(which->text[0] - '0');
    } else {
      reader.wrong("which", "1, 2, 3, 4 or last");
    }
    window_.monthly_days.push_back(day);
  }

  std::optional<LocalMinutes> read_local_time(MapReader& reader, std::string_view key) {
    const Node* node = reader.find(key);
    const auto time =
        node != nullptr && node->kind == Node::Kind::scalar ? parse_local_time(node->text) : std::nullopt;
    if (node != nullptr && !time) reader.wrong(key, kLocalTime);
    return time;
  }

  void read_once(const Node& node) {
    window_.repeat = WindowRepeat::once;
    MapReader reader(node, reader_.path("once"), {"from", "to"}, diagnostics_);
    if (!reader.is_mapping()) return;
    once_has_to_ = reader.has("to");
    if (!reader.has("from"))
      diagnostics_.add(node.place, reader.path("from") + " is missing, allowed: " + kLocalTime);
    const auto from = read_local_time(reader, "from");
    window_.to = read_local_time(reader, "to");
    if (!from) return;
    window_.from = *from;
    if (window_.to && (*window_.to <= *from || *window_.to - *from > kLongestOnce)) {
      reader.wrong("to", "after once.from, by 366 days at most");
    }
  }

  const Node& node_;
  const std::vector<std::string>& groups_;
  Diagnostics& diagnostics_;
  MapReader reader_;
  WindowSettings window_;
  bool once_has_to_ = false;
};

}  // namespace

void decode_maintenance(const Node& node, Diagnostics& diagnostics, Settings& settings) {
  if (node.kind != Node::Kind::sequence) {
    report_wrong(node, "maintenance", "a list of windows ([] for none)", diagnostics);
    return;
  }
  if (node.children.size() > kMostWindows) {
    diagnostics.add(node.place, "maintenance: must be at most " + std::to_string(kMostWindows) +
                                    " windows, not " + std::to_string(node.children.size()));
    return;
  }
  std::vector<std::string> groups;
  for (const GroupSettings& group : settings.inventory) groups.push_back(group.group);
  std::unordered_map<std::string, Position> places;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& one = node.children[i];
    WindowSettings window =
        WindowDecoder(one, "maintenance[" + std::to_string(i) + "]", groups, diagnostics).decode();
    if (!window.name.empty()) {
      const auto [known, is_new] = places.emplace(window.name, diagnostics.position(one.place));
      if (!is_new) {
        const Position& first = known->second;
        diagnostics.add(one.place, "duplicate window " + quoted(window.name) + ", first at " + first.file +
                                       ":" + std::to_string(first.line) + ":" + std::to_string(first.column) +
                                       ", allowed: each window once");
      }
    }
    settings.maintenance.push_back(std::move(window));
  }
}

}  // namespace rdpwatch::config
