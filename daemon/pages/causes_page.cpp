#include "daemon/pages/causes_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "config/text.hpp"
#include "daemon/api/explain_json.hpp"
#include "daemon/api/target_page.hpp"
#include "daemon/pages/diagnosis_section.hpp"
#include "daemon/pages/target_row.hpp"
#include "daemon/report/json_parts.hpp"
#include "probes/diagnosis/cause_book.hpp"

namespace rdpwatch::pages {
namespace {

namespace json = boost::json;
using diagnosis::Blame;
using diagnosis::Cause;
using report::put_text;

constexpr std::string_view kPath = "causes";

std::string cause_link(std::string_view id) {
  return "causes/" + std::string(id);
}

std::string hosts_link(std::string_view id) {
  return link_of("targets", {{"cause", std::string(id)}});
}

/// How many hosts have a cause as their likeliest, and how many among those that are shown of each.
struct Hosts {
  std::size_t likeliest = 0;
  std::size_t suspected = 0;
};

std::map<std::string_view, Hosts> hosts_by_cause(const std::vector<fleet::StatePtr>& fleet) {
  std::map<std::string_view, Hosts> out;
  for (const auto& state : fleet) {
    if (!state->diagnosis) continue;
    const auto& causes = state->diagnosis->causes;
    for (std::size_t i = 0; i < std::min(causes.size(), api::kShownCauses); ++i) {
      auto& hosts = out[causes[i].id];
      ++hosts.suspected;
      if (i == 0) ++hosts.likeliest;
    }
  }
  return out;
}

/// Everything in a cause that a search may find.
std::string text_of(const Cause& cause) {
  std::string out = cause.id + "\n" + cause.title + "\n" + cause.explanation + "\n" + cause.tells_apart;
  for (const auto& sign : cause.signs) out.append("\n").append(sign);
  for (const auto& code : cause.client_codes) out.append("\n").append(code);
  for (const auto& reason : cause.reasons) out.append("\n").append(to_label(reason));
  for (const auto& check : cause.checks)
    out.append("\n").append(check.look).append("\n").append(check.expect);
  for (const auto& fix : cause.fixes) out.append("\n").append(fix.step);
  return out;
}

bool has_all_words(const Cause& cause, const std::string& wanted) {
  const std::string text = text_of(cause);
  std::istringstream words(wanted);
  for (std::string word; words >> word;) {
    if (!api::contains(text, word)) return false;
  }
  return true;
}

/// What `explain` knows of a code or an id, or that it knows nothing.
struct Search {
  json::object known;  ///< schema rdpwatch.explain/1; empty when it is neither a code nor an id
  std::vector<const Cause*> causes;
};

Search search(const std::string& query) {
  Search out;
  auto explained = api::explain_json(query);
  if (auto* const known = std::get_if<json::object>(&explained)) out.known = std::move(*known);
  const bool is_code = out.known.contains("codes");
  if (is_code && out.known.contains("causes")) {
    for (const auto& row : out.known.at("causes").as_array())
      out.causes.push_back(diagnosis::find_cause(row.at("id").as_string()));
  }
  if (is_code) return out;
  const std::string wanted = api::lower_case(query);
  for (const auto& cause : diagnosis::causes()) {
    if (has_all_words(cause, wanted)) out.causes.push_back(&cause);
  }
  return out;
}

json::array phases_of(const Cause& cause) {
  std::vector<std::string_view> names;
  for (const auto& reason : cause.reasons) {
    const auto name = handshake::name(reason.phase);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return report::string_array(names);
}

json::object cause_row(const Cause& cause, const std::map<std::string_view, Hosts>& hosts) {
  json::object out{{"cause_id", cause.id},
                   {"cause_title", cause.title},
                   {"cause_link", cause_link(cause.id)},
                   {"cause_gist", gist(cause)},
                   {"cause_codes", report::string_array(cause.client_codes)},
                   {"cause_phases", phases_of(cause)}};
  const auto found = hosts.find(cause.id);
  if (found == hosts.end()) return out;
  out["cause_likeliest"] = found->second.likeliest;
  out["cause_suspected"] = found->second.suspected;
  out["cause_hosts_link"] = hosts_link(cause.id);
  return out;
}

json::array blame_sections(const std::vector<const Cause*>& causes,
                           const std::vector<fleet::StatePtr>& fleet) {
  constexpr std::array kOrder{Blame::host, Blame::path, Blame::name, Blame::client, Blame::prober};
  const auto hosts = hosts_by_cause(fleet);
  json::array out;
  for (const auto blame : kOrder) {
    json::array rows;
    for (const auto* const cause : causes) {
      if (cause->blame == blame) rows.emplace_back(cause_row(*cause, hosts));
    }
    if (rows.empty()) continue;
    out.push_back({{"blame_id", diagnosis::name(blame)},
                   {"blame_words", diagnosis::describe(blame)},
                   {"blame_count", rows.size()},
                   {"blame_causes", std::move(rows)}});
  }
  return out;
}

/// {id, text ...} of explain's lists that the page shows beside causes, under names of their own.
void put_known(json::object& out, const json::object& known) {
  json::array rows;
  const auto add = [&](std::string_view list, std::string_view kind) {
    if (!known.contains(list)) return;
    for (const auto& value : known.at(list).as_array()) {
      const auto& row = value.as_object();
      json::object shown{{"known_kind", kind}};
      const auto put = [&](std::string_view name, std::string_view key) {
        if (row.contains(key) && row.at(key).is_string()) put_text(shown, name, row.at(key).as_string());
      };
      put("known_name", row.contains("code") ? "code" : "id");
      put("known_meaning", "meaning");
      put("known_beware", "beware");
      put("known_cause", "cause");
      put("known_fix", "fix");
      put("known_certainty", "certainty");
      if (row.contains("decimal")) shown["known_decimal"] = row.at("decimal");
      rows.emplace_back(std::move(shown));
    }
  };
  add("codes", "code of a client");
  // A phase has all its reasons with it; they would hide what was asked for.
  const bool is_phase = known.contains("reasons") && known.contains("phases");
  add("phases", "phase of a probe");
  if (!is_phase) add("reasons", "reason of a failure");
  add("findings", "finding");
  add("certificate_problems", "problem of a certificate");
  out["has_known"] = !rows.empty();
  out["known"] = std::move(rows);
}

/// A code's page is the search: "0x904/0x7" is what `explain` takes.
json::array code_rows(const Cause& cause) {
  json::array out;
  for (const auto& code : cause.client_codes)
    out.push_back({{"code_label", code}, {"code_link", link_of(kPath, {{"q", code}})}});
  return out;
}

json::array reason_rows(const Cause& cause) {
  json::array out;
  for (const auto& symptom : cause.reasons) {
    const std::string phase(handshake::name(symptom.phase));
    const std::string reason(handshake::name(symptom.reason));
    out.push_back({{"reason_label", to_label(symptom)},
                   {"reason_help", handshake::row(symptom.reason).help},
                   {"reason_link", link_of("targets", {{"phase", phase}, {"reason", reason}})}});
  }
  return out;
}

void put_hosts(json::object& out, const Cause& cause, const std::vector<fleet::StatePtr>& fleet,
               const api::RowContext& context) {
  api::TargetQuery query;
  query.causes = {cause.id};
  query.per_page = kListedHosts;
  const auto page = api::select_page(fleet, query, context.now);
  json::array rows;
  for (const auto& state : page.rows) rows.emplace_back(target_row(*state, context));
  out["has_hosts"] = !rows.empty();
  out["hosts"] = std::move(rows);
  out["hosts_total"] = page.total;
  out["hosts_link"] = hosts_link(cause.id);
  out["more_hosts"] = page.total > kListedHosts;
}

Page missing_cause(std::string_view id) {
  Page page;
  page.status = 404;
  page.name = "cause-missing";
  page.title = "Not found";
  page.section = "causes";
  page.model["missing_id"] = id;
  page.model["search_text"] = id;
  std::vector<std::string> ids;
  for (const auto& cause : diagnosis::causes()) ids.push_back(cause.id);
  page.model["missing_hint"] = config::did_you_mean(id, ids);
  const auto found = search(std::string(id));
  put_known(page.model, found.known);
  return page;
}

}  // namespace

Page causes_page(const std::vector<fleet::StatePtr>& fleet, Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  if (auto fault = unknown_parameter(parameters, {"q"})) return std::move(*fault);
  if (parameters.size() > 1) return fault_page(400, "q: may be given only once");
  const std::string query = value_of(parameters, "q");
  if (query.size() > api::kLongestText)
    return fault_page(400, "q: the value is longer than " + std::to_string(api::kLongestText) + " bytes");
  Page page;
  page.name = "causes";
  page.title = "Causes";
  page.section = "causes";
  json::object& model = page.model;
  Search found;
  if (query.empty()) {
    for (const auto& cause : diagnosis::causes()) found.causes.push_back(&cause);
  } else {
    found = search(query);
  }
  model["search_text"] = query;
  model["searched"] = !query.empty();
  put_known(model, found.known);
  model["blames"] = blame_sections(found.causes, fleet);
  model["causes_total"] = found.causes.size();
  model["none_found"] = found.causes.empty() && !model["has_known"].as_bool();
  return page;
}

Page cause_page(const std::vector<fleet::StatePtr>& fleet, const api::RowContext& context,
                std::string_view id, Parameters parameters) {
  parameters = filled_in(std::move(parameters));
  if (auto fault = unknown_parameter(parameters, {})) return std::move(*fault);
  const auto* const cause = diagnosis::find_cause(id);
  if (cause == nullptr) return missing_cause(id.substr(0, api::kLongestText));
  Page page;
  page.name = "cause";
  page.title = cause->title;
  page.section = "causes";
  json::object& model = page.model;
  model["one_id"] = cause->id;
  model["one_blame"] = diagnosis::describe(cause->blame);
  model["one_certainty"] = diagnosis::describe(cause->certainty);
  model["explanation"] = cause->explanation;
  model["signs"] = report::string_array(cause->signs);
  model["rules_out"] = report::string_array(cause->rules_out);
  model["tells_apart"] = cause->tells_apart;
  model["checks"] = check_rows(*cause);
  model["fixes"] = fix_rows(*cause, std::nullopt);
  model["codes"] = code_rows(*cause);
  model["has_codes"] = !cause->client_codes.empty();
  model["reasons"] = reason_rows(*cause);
  model["has_reasons"] = !cause->reasons.empty();
  put_hosts(model, *cause, fleet, context);
  return page;
}

}  // namespace rdpwatch::pages
