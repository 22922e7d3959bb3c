#include "daemon/api/maintenance_routes.hpp"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <optional>
#include <variant>
#include <vector>

#include "config/duration.hpp"
#include "config/maintenance_match.hpp"
#include "config/text.hpp"
#include "daemon/api/answers.hpp"
#include "daemon/api/maintenance_json.hpp"
#include "daemon/http/change_request.hpp"
#include "daemon/http/query_string.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::api {
namespace {

namespace json = boost::json;
using maintenance::Listed;

constexpr const char* kPath = "/api/v1/maintenance";
constexpr const char* kSchema = "rdpwatch.maintenance/1";
constexpr const char* kExample =
    R"({"match": ["site=fra1"], "for": "2h", "reason": "new switches", "by": "who you are"})";

const std::vector<std::string>& keys() {
  static const std::vector<std::string> all{"match", "for", "reason", "by", "allow_empty"};
  return all;
}

http::Response wrong_method(const std::string& allowed, std::vector<std::string> methods) {
  http::Response response = fault_answer({405, "this method is not allowed here", std::move(methods)});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

/// An answer when the request must not change anything.
std::optional<http::Response> refused(const http::Request& request, const std::string& external_url) {
  const auto change = http::refusal_of_change(request, "a change of maintenance", external_url);
  if (!change) return std::nullopt;
  std::string text = change->body;
  text.pop_back();
  return fault_answer({change->status, text, {}});
}

/// Reads one key after the other; the first fault stays.
class BodyReader {
 public:
  explicit BodyReader(const json::object& body) : body_(body) {
    for (const auto& [key, value] : body) {
      const std::string name(key);
      if (std::ranges::find(keys(), name) == keys().end())
        fault("there is no key " + config::quoted(name) + config::did_you_mean(name, keys()), keys());
    }
  }

  std::string text(const char* key) {
    const auto* const value = body_.if_contains(key);
    if (value == nullptr) return "";
    if (!value->is_string()) fault("\"" + std::string(key) + "\" is no text", {"a text"});
    return value->is_string() ? std::string(value->get_string()) : "";
  }

  bool boolean(const char* key) {
    const auto* const value = body_.if_contains(key);
    if (value == nullptr) return false;
    if (!value->is_bool()) fault("\"" + std::string(key) + "\" is neither true nor false", {"true", "false"});
    return value->is_bool() && value->get_bool();
  }

  std::chrono::milliseconds duration(const char* key) {
    const std::string written = text(key);
    const auto duration = config::parse_duration(written);
    if (!duration)
      fault("\"" + std::string(key) + "\" is " + (written.empty() ? "missing" : config::quoted(written)),
            {"1m to 30d, such as 30m or 2h"});
    return duration.value_or(std::chrono::milliseconds(0));
  }

  /// A list of texts, or one alone.
  std::vector<std::string> texts(const char* key) {
    const auto* const value = body_.if_contains(key);
    std::vector<std::string> out;
    if (value != nullptr && value->is_string()) out.emplace_back(value->get_string());
    if (value != nullptr && value->is_array()) {
      for (const auto& one : value->get_array()) {
        if (one.is_string()) out.emplace_back(one.get_string());
      }
      if (out.size() != value->get_array().size()) out.clear();
    }
    if (out.empty())
      fault("\"" + std::string(key) + "\" is missing or no list of texts", {config::kMatchForms});
    return out;
  }

  const std::optional<Fault>& fault() const { return fault_; }

 private:
  void fault(std::string what, std::vector<std::string> allowed) {
    if (!fault_) fault_ = Fault{400, std::move(what), std::move(allowed)};
  }

  const json::object& body_;
  std::optional<Fault> fault_;
};

std::variant<maintenance::StartRequest, Fault> read_start(const std::string& body) {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  const auto* const object = error ? nullptr : value.if_object();
  if (object == nullptr) return Fault{400, "the body is no JSON object", {kExample}};
  BodyReader reader(*object);
  maintenance::StartRequest request;
  request.match = reader.texts("match");
  request.duration = reader.duration("for");
  request.reason = reader.text("reason");
  request.by = reader.text("by");
  request.allow_empty = reader.boolean("allow_empty");
  if (reader.fault()) return *reader.fault();
  return request;
}

}  // namespace

void MaintenanceRoutes::add_to(http::Router& router) {
  router.add_tree(kPath, "GET, HEAD, POST /api/v1/maintenance, DELETE /api/v1/maintenance/{id}",
                  [this](http::Request request) -> boost::asio::awaitable<http::Response> {
                    http::Response response = answer(request);
                    co_return response;
                  });
}

http::Response MaintenanceRoutes::answer(const http::Request& request) {
  std::string_view rest = std::string_view(request.path).substr(std::string_view(kPath).size());
  if (rest.empty()) {
    if (request.method == "GET" || request.method == "HEAD") return list(request);
    if (request.method == "POST") return start(request);
    return wrong_method("GET, HEAD, POST", {"GET", "HEAD", "POST"});
  }
  if (!rest.starts_with('/') || rest.size() == 1)
    return fault_answer({404, "there is nothing at " + config::quoted(request.path), {kPath}});
  if (request.method != "DELETE") return wrong_method("DELETE", {"DELETE"});
  return end(request, rest.substr(1));
}

http::Response MaintenanceRoutes::list(const http::Request& request) const {
  if (!request.query.empty()) return fault_answer({400, "there are no parameters; none is allowed", {}});
  const auto now = now_();
  json::array active;
  json::array upcoming;
  for (const Listed& one : maintenances_.list(now))
    (one.active ? active : upcoming).emplace_back(listed_json(one));
  json::object out;
  out["schema"] = kSchema;
  out["now"] = report::rfc3339_seconds(now);
  out["active"] = std::move(active);
  out["upcoming"] = std::move(upcoming);
  return json_answer(out);
}

http::Response MaintenanceRoutes::start(const http::Request& request) {
  if (auto refusal = refused(request, external_url_)) return std::move(*refusal);
  if (!request.query.empty()) return fault_answer({400, "there are no parameters; none is allowed", {}});
  const auto wanted = read_start(request.body);
  if (const auto* const fault = std::get_if<Fault>(&wanted)) return fault_answer(*fault);
  const auto started = maintenances_.start(std::get<maintenance::StartRequest>(wanted), now_());
  if (const auto* const refusal = std::get_if<maintenance::Refusal>(&started))
    return fault_answer({400, refusal->what, refusal->allowed});
  http::Response response = json_answer(listed_json(std::get<Listed>(started)));
  response.status = 201;
  return response;
}

http::Response MaintenanceRoutes::end(const http::Request& request, std::string_view id) {
  if (auto refusal = refused(request, external_url_)) return std::move(*refusal);
  const auto parameters = http::parse_query(request.query);
  if (!parameters) return fault_answer({400, http::kBadQuery, {}});
  for (const auto& parameter : *parameters) {
    if (parameter.name != "by" || parameter.value.size() > maintenance::kLongestBy ||
        config::has_control_characters(parameter.value))
      return fault_answer({400,
                           "the parameter " + config::quoted(parameter.name) + " is none or too long",
                           {"by=NAME, at most 100 bytes"}});
  }
  if (!maintenances_.end(std::string(id), http::value_of(*parameters, "by"), now_()))
    return fault_answer(
        {404,
         "no maintenance with the id " + config::quoted(id) + " goes on",
         {"the ids that GET /api/v1/maintenance has; a window of the configuration has none"}});
  return json_answer(json::object{{"schema", kSchema}, {"ended", id}});
}

}  // namespace rdpwatch::api
