#include "daemon/pages/list_query.hpp"

#include <algorithm>
#include <utility>

#include "daemon/pages/page.hpp"

namespace rdpwatch::pages {

namespace json = boost::json;

Parameters without(Parameters parameters, std::string_view name) {
  std::erase_if(parameters, [name](const auto& parameter) { return parameter.name == name; });
  return parameters;
}

Parameters with(Parameters parameters, std::string_view name, std::string value) {
  parameters = without(std::move(parameters), name);
  parameters.push_back({std::string(name), std::move(value)});
  return parameters;
}

Parameters filled_in(Parameters parameters) {
  std::erase_if(parameters, [](const auto& parameter) { return parameter.value.empty(); });
  return parameters;
}

std::string link_of(std::string_view path, const Parameters& parameters) {
  return parameters.empty() ? std::string(path) : std::string(path) + "?" + encode_query(parameters);
}

void put_chips(json::object& model, std::string_view path, std::string_view all,
               const Parameters& parameters) {
  json::array chips;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& parameter = parameters[i];
    if (parameter.name == "sort" || parameter.name == "page" || parameter.name == "per_page") continue;
    Parameters others = parameters;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    chips.push_back({{"chip_text", parameter.name + ": " + parameter.value},
                     {"chip_link", link_of(path, without(std::move(others), "page"))}});
  }
  model["has_chips"] = !chips.empty();
  model["chips"] = std::move(chips);
  model["unfiltered_path"] = path;
  model["unfiltered_words"] = all;
}

json::object pager(std::string_view path, const Parameters& parameters, std::size_t total, std::size_t page,
                   std::size_t per_page) {
  const std::size_t pages = std::max<std::size_t>(1, (total + per_page - 1) / per_page);
  json::object out{{"pager_page", page}, {"pager_pages", pages}, {"pager_many", pages > 1}};
  const std::size_t first = total == 0 ? 0 : (page - 1) * per_page + 1;
  out["pager_first"] = std::min(first, total);
  out["pager_last"] = std::min(total, page * per_page);
  out["pager_total"] = total;
  const auto page_link = [&](std::size_t number) {
    return link_of(path, with(parameters, "page", std::to_string(number)));
  };
  if (page > 1) out["pager_previous"] = page_link(std::min(page - 1, pages));
  if (page < pages) out["pager_next"] = page_link(page + 1);
  return out;
}

json::object option(std::string_view value, bool selected) {
  return {{"option_value", value}, {"option_selected", selected}};
}

}  // namespace rdpwatch::pages
