#include "daemon/http/query_string.hpp"

#include <boost/url/params_view.hpp>
#include <boost/url/parse_query.hpp>

namespace rdpwatch::http {

std::optional<std::vector<QueryParameter>> parse_query(std::string_view query) {
  std::vector<QueryParameter> out;
  if (query.empty()) return out;
  const auto parsed = boost::urls::parse_query({query.data(), query.size()});
  if (parsed.has_error()) return std::nullopt;
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  for (const auto& parameter : boost::urls::params_view(*parsed, options)) {
    if (parameter.key.empty() && parameter.value.empty()) continue;  // "a=1&&b=2"
    out.push_back({parameter.key, parameter.value});
  }
  return out;
}

std::vector<std::string> values_of(const std::vector<QueryParameter>& query, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& parameter : query) {
    if (parameter.name == name) values.push_back(parameter.value);
  }
  return values;
}

std::string value_of(const std::vector<QueryParameter>& query, std::string_view name) {
  const auto values = values_of(query, name);
  return values.empty() ? std::string() : values.front();
}

}  // namespace rdpwatch::http
