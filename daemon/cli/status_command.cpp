// The status command: the fleet of a running daemon, over its API.

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <ostream>
#include <utility>

#include "daemon/cli/commands.hpp"
#include "daemon/cli/http_client.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/status_text.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kTimeout{10};
constexpr std::array kNotFine{"down", "flapping", "unknown"};

std::string parameter(const std::string& name, const std::string& value) {
  return "&" + name + "=" + boost::urls::encode(value, boost::urls::unreserved_chars);
}

json::object fetch(const std::string& url, const std::string& target) {
  const HttpAnswer answer = http_ask(url, {"GET", target, ""}, kTimeout);
  boost::system::error_code error;
  const json::value value = json::parse(answer.body, error);
  const auto* const object = error ? nullptr : value.if_object();
  if (answer.status == 200 && object != nullptr && object->contains("schema")) return *object;
  const auto* const said = object == nullptr ? nullptr : object->if_contains("error");
  std::string why = url + target + " answers with status " + std::to_string(answer.status);
  why += said != nullptr && said->is_string() ? ": " + std::string(said->get_string())
                                              : "; it is no daemon of rdpwatch that has this API";
  throw HttpError(why);
}

/// Of these groups together. Throws for one that the daemon does not have.
json::object count_states(const std::string& url, const std::vector<std::string>& groups) {
  const json::object answer = fetch(url, "/api/v1/groups");
  json::object sum;
  std::string known;
  std::size_t found = 0;
  for (const auto& row : answer.at("groups").as_array()) {
    const std::string name(row.at("group").as_string());
    known.append(known.empty() ? "" : ", ").append(name);
    if (std::ranges::find(groups, name) == groups.end()) continue;
    ++found;
    for (const auto& [state, count] : row.at("by_state").as_object()) {
      const auto before = sum.contains(state) ? sum.at(state).to_number<std::int64_t>() : 0;
      sum[state] = before + count.to_number<std::int64_t>();
    }
  }
  if (found < groups.size())
    throw HttpError("the daemon does not have all of these groups, it has: " + known);
  return sum;
}

std::string list_path(const StatusOptions& options) {
  std::string path = "/api/v1/targets?per_page=" + std::to_string(options.limit);
  for (const auto& state : options.states) path += parameter("state", state);
  if (options.states.empty()) {
    for (const auto* const state : kNotFine) path += parameter("state", state);
  }
  for (const auto& group : options.groups) path += parameter("group", group);
  return path;
}

report::FleetAnswers ask(const StatusOptions& options) {
  report::FleetAnswers answers;
  answers.status = fetch(options.url, "/api/v1/status");
  answers.targets = fetch(options.url, list_path(options));
  answers.by_state = options.groups.empty() ? answers.status.at("targets").at("by_state").as_object()
                                            : count_states(options.url, options.groups);
  return answers;
}

}  // namespace

int status(const StatusOptions& options, const Streams& streams) {
  try {
    const report::FleetAnswers answers = ask(options);
    switch (options.output) {
      case StatusOutput::text:
        streams.out << report::to_text(answers, streams.out_style);
        break;
      case StatusOutput::json: {
        json::object both;
        both["status"] = answers.status;
        both["by_state"] = answers.by_state;
        both["targets"] = answers.targets.at("targets");
        streams.out << report::to_text(both, report::JsonLayout::indented) << "\n";
        break;
      }
    }
    return report::exit_code(answers);
  } catch (const HttpError& error) {
    streams.err << "rdpwatch status: " << report::clean(error.what()) << "\n";
  } catch (const std::exception& error) {
    streams.err << "rdpwatch status: " << report::clean(options.url)
                << " answers in another way than this version of rdpwatch understands\n";
  }
  return kUnknown;
}

}  // namespace rdpwatch::cli
