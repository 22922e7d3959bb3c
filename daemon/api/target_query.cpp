#include "daemon/api/target_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "config/text.hpp"
#include "daemon/report/words.hpp"
#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::api {
namespace {

constexpr std::array<std::pair<std::string_view, SortKey>, 8> kSortKeys{
    {{"worst", SortKey::worst},
     {"target", SortKey::target},
     {"group", SortKey::group},
     {"state", SortKey::state},
     {"since", SortKey::since},
     {"last_run", SortKey::last_run},
     {"days_to_expiry", SortKey::days_to_expiry},
     {"duration", SortKey::duration}}};

constexpr std::string_view kLabelPrefix = "label.";

const std::vector<std::string>& parameter_names() {
  static const std::vector<std::string> names{
      "state",  "reason", "phase", "cause", "finding", "security", "os_build", "group",
      "module", "site",   "q",     "sort",  "page",    "per_page", "format",   "label.NAME"};
  return names;
}

std::vector<std::string> sort_names() {
  std::vector<std::string> names;
  for (const auto& [name, key] : kSortKeys) names.emplace_back(name);
  for (const auto& [name, key] : kSortKeys) names.push_back("-" + std::string(name));
  return names;
}

Fault not_allowed(const http::QueryParameter& parameter, std::vector<std::string> allowed) {
  return {400,
          parameter.name + ": " + config::quoted(parameter.value) + " is not known" +
              config::did_you_mean(parameter.value, allowed),
          std::move(allowed)};
}

template <class Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

std::vector<std::string> status_names() {
  std::vector<std::string> names;
  for (const auto status : fleet::kTargetStatuses) names.emplace_back(fleet::name(status));
  return names;
}

std::vector<std::string> posture_names() {
  std::vector<std::string> names;
  for (const auto posture : handshake::kPostures) names.emplace_back(handshake::name(posture));
  return names;
}

std::optional<fleet::TargetStatus> status_by_name(std::string_view text) {
  const auto found = std::find_if(fleet::kTargetStatuses.begin(), fleet::kTargetStatuses.end(),
                                  [text](auto status) { return fleet::name(status) == text; });
  return found == fleet::kTargetStatuses.end() ? std::nullopt : std::optional(*found);
}

std::optional<std::size_t> number(std::string_view text, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > most)
    return std::nullopt;
  return value;
}

class Parser {
 public:
  explicit Parser(TargetQuery& query) : query_(query) {}

  std::optional<Fault> take(const http::QueryParameter& parameter) {
    const auto& name = parameter.name;
    const std::size_t longest = name == "q" ? kLongestText : kLongestValue;
    if (parameter.value.size() > longest) {
      return Fault{
          400, config::quoted(name) + ": the value is longer than " + std::to_string(longest) + " bytes", {}};
    }
    if (++taken_ > kMostFilters)
      return Fault{400, "there are more than " + std::to_string(kMostFilters) + " parameters", {}};
    if (name == "state") return take_word(parameter, query_.states, status_by_name, status_names);
    if (name == "phase")
      return take_word(parameter, query_.phases, handshake::phase_by_name,
                       [] { return names_of(handshake::kPhases); });
    if (name == "reason")
      return take_word(parameter, query_.reasons, handshake::reason_by_name,
                       [] { return names_of(handshake::kReasons); });
    if (name == "security")
      return take_word(parameter, query_.postures, handshake::posture_by_name, posture_names);
    if (name == "cause") return take_id(parameter, query_.causes, diagnosis::find_cause, diagnosis::causes());
    if (name == "finding")
      return take_id(parameter, query_.findings, report::find_finding, report::findings());
    if (name == "os_build") return keep(query_.builds, parameter.value);
    if (name == "group") return keep(query_.groups, parameter.value);
    if (name == "module") return keep(query_.modules, parameter.value);
    if (name == "site") return keep(query_.labels["site"], parameter.value);
    if (name.starts_with(kLabelPrefix) && name.size() > kLabelPrefix.size())
      return keep(query_.labels[name.substr(kLabelPrefix.size())], parameter.value);
    return take_single(parameter);
  }

 private:
  static std::optional<Fault> keep(std::vector<std::string>& list, const std::string& value) {
    list.push_back(value);
    return std::nullopt;
  }

  template <class Value, class ByName, class Names>
  static std::optional<Fault> take_word(const http::QueryParameter& parameter, std::vector<Value>& list,
                                        ByName by_name, Names names) {
    const auto value = by_name(parameter.value);
    if (!value) return not_allowed(parameter, names());
    list.push_back(*value);
    return std::nullopt;
  }

  template <class Find, class Rows>
  static std::optional<Fault> take_id(const http::QueryParameter& parameter, std::vector<std::string>& list,
                                      Find find, const Rows& rows) {
    if (find(parameter.value) != nullptr) return keep(list, parameter.value);
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.emplace_back(row.id);
    return not_allowed(parameter, std::move(ids));
  }

  std::optional<Fault> take_single(const http::QueryParameter& parameter) {
    const auto& names = parameter_names();
    if (parameter.name == "label.NAME" ||
        std::find(names.begin(), names.end(), parameter.name) == names.end()) {
      return Fault{400,
                   "there is no parameter " + config::quoted(parameter.name) +
                       config::did_you_mean(parameter.name, names),
                   names};
    }
    if (!seen_.insert(parameter.name).second)
      return Fault{400, parameter.name + ": may be given only once", {}};
    if (parameter.name == "sort") return take_sort(parameter);
    if (parameter.name == "page") return take_number(parameter, query_.page, kMostPages);
    if (parameter.name == "per_page") return take_number(parameter, query_.per_page, kMostPerPage);
    if (parameter.name == "format") return take_format(parameter);
    query_.text = lower_case(parameter.value);
    return std::nullopt;
  }

  std::optional<Fault> take_sort(const http::QueryParameter& parameter) {
    std::string_view name = parameter.value;
    query_.descending = name.starts_with('-');
    if (query_.descending) name.remove_prefix(1);
    const auto found = std::find_if(kSortKeys.begin(), kSortKeys.end(),
                                    [name](const auto& row) { return row.first == name; });
    if (found == kSortKeys.end()) return not_allowed(parameter, sort_names());
    query_.sort = found->second;
    return std::nullopt;
  }

  std::optional<Fault> take_number(const http::QueryParameter& parameter, std::size_t& value,
                                   std::size_t most) {
    const auto taken = number(parameter.value, most);
    if (!taken) {
      return Fault{400,
                   parameter.name + ": must be a whole number, not " + config::quoted(parameter.value),
                   {"1 to " + std::to_string(most)}};
    }
    value = *taken;
    query_.paged = true;
    return std::nullopt;
  }

  std::optional<Fault> take_format(const http::QueryParameter& parameter) {
    if (parameter.value != "json" && parameter.value != "csv") return not_allowed(parameter, {"json", "csv"});
    query_.csv = parameter.value == "csv";
    return std::nullopt;
  }

  TargetQuery& query_;
  std::set<std::string> seen_;
  std::size_t taken_ = 0;
};

}  // namespace

std::variant<TargetQuery, Fault> parse_target_query(const std::vector<http::QueryParameter>& parameters,
                                                    const std::string& accept) {
  TargetQuery query;
  query.csv = lower_case(accept).find("text/csv") != std::string::npos;
  Parser parser(query);
  for (const auto& parameter : parameters) {
    auto fault = parser.take(parameter);
    if (fault) return std::move(*fault);
  }
  return query;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool contains(std::string_view text, std::string_view wanted) {
  const auto equal = [](char have, char want) {
    return (have >= 'A' && have <= 'Z' ? static_cast<char>(have - 'A' + 'a') : have) == want;
  };
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), equal) != text.end();
}

}  // namespace rdpwatch::api
