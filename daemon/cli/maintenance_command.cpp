// The maintenance command: who is in maintenance, and starting and ending one, over a running daemon's API.

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "config/maintenance_match.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/http_client.hpp"
#include "daemon/report/json_text.hpp"
#include "daemon/report/text_clean.hpp"

namespace rdpwatch::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kTimeout{10};
constexpr const char* kPath = "/api/v1/maintenance";

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string encoded(const std::string& text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

/// "...: error, allowed: a; b", as the daemon says it.
std::string said_by(const json::object& fault) {
  std::string out(fault.at("error").as_string());
  const auto* const allowed = fault.if_contains("allowed");
  if (allowed == nullptr) return out;
  std::string list;
  for (const auto& one : allowed->as_array())
    list.append(list.empty() ? "" : "; ").append(std::string_view(one.as_string()));
  return out + ", allowed: " + list;
}

json::object ask(const std::string& url, HttpQuestion question, unsigned wanted) {
  const HttpAnswer answer = http_ask(url, question, kTimeout);
  boost::system::error_code error;
  const json::value value = json::parse(answer.body, error);
  const auto* const object = error ? nullptr : value.if_object();
  if (answer.status == wanted && object != nullptr) return *object;
  if (object != nullptr && object->contains("error")) throw HttpError(said_by(*object));
  throw HttpError(url + question.target + " answers with status " + std::to_string(answer.status) +
                  "; it is no daemon of rdpwatch that has this API");
}

std::string text_at(const json::object& row, std::string_view key) {
  const auto* const value = row.if_contains(key);
  return value == nullptr ? std::string() : report::clean(value->as_string());
}

/// "site=fra1  12 targets, until 2026-...Z: reason (by, id)"
std::string row_text(const json::object& row, bool active) {
  const auto targets = row.at("targets").to_number<std::int64_t>();
  std::string out = "  " + text_at(row, "name") + "  " + std::to_string(targets) +
                    (targets == 1 ? " target, " : " targets, ");
  out += (active ? "until " : "from ") + text_at(row, active ? "until" : "from");
  if (!active) out += " to " + text_at(row, "until");
  if (row.at("planned").as_bool() && text_at(row, "match") != text_at(row, "name"))
    out += ", covers " + text_at(row, "match");
  const std::string reason = text_at(row, "reason");
  if (!reason.empty()) out += ": " + reason;
  const std::string by = text_at(row, "by");
  if (!by.empty()) out += " (" + by + ")";
  const std::string id = text_at(row, "id");
  if (!id.empty()) out += "  " + id;
  return out + "\n";
}

std::string rows_text(const json::array& rows, const std::string& title, const std::string& none,
                      bool active) {
  if (rows.empty()) return none + "\n";
  std::string out = title + "\n";
  for (const auto& row : rows) out += row_text(row.as_object(), active);
  return out;
}

void print(const json::object& answer, const std::string& text, const MaintenanceOptions& options,
           const Streams& streams) {
  switch (options.output) {
    case StatusOutput::text:
      streams.out << text;
      return;
    case StatusOutput::json:
      streams.out << report::to_text(answer, report::JsonLayout::indented) << "\n";
      return;
  }
}

/// Who runs this, as far as the environment says so.
std::string who(const MaintenanceOptions& options) {
  if (!options.by.empty()) return options.by;
  for (const char* const variable : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* const value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

void refuse_flags_of_start(const MaintenanceOptions& options) {
  if (!options.match.empty() || !options.duration.empty() || !options.reason.empty() || options.allow_empty)
    throw UsageError("--match, --for, --reason and --allow-empty are flags of `rdpwatch maintenance start`");
}

void start(const MaintenanceOptions& options, const Streams& streams) {
  if (!options.id.empty()) throw UsageError("start takes no ID; the daemon gives one");
  if (options.match.empty())
    throw UsageError("--match is missing, allowed: " + std::string(config::kMatchForms) +
                     "; may be repeated");
  if (options.duration.empty())
    throw UsageError("--for is missing, allowed: a duration from 1m to 30d, such as 2h");
  if (options.reason.empty()) throw UsageError("--reason is missing, allowed: a text for those who wonder");
  json::object body;
  json::array match;
  for (const auto& one : options.match) match.emplace_back(one);
  body["match"] = std::move(match);
  body["for"] = options.duration;
  body["reason"] = options.reason;
  const std::string by = who(options);
  if (!by.empty()) body["by"] = by;
  if (options.allow_empty) body["allow_empty"] = true;
  const json::object started =
      ask(options.url, {"POST", kPath, report::to_text(body, report::JsonLayout::compact)}, 201);
  print(started,
        "Maintenance " + text_at(started, "id") + " of " +
            std::to_string(started.at("targets").to_number<std::int64_t>()) + " target(s) goes on until " +
            text_at(started, "until") + "\nEnd it early: rdpwatch maintenance end " + text_at(started, "id") +
            "\n",
        options, streams);
}

void list(const MaintenanceOptions& options, const Streams& streams) {
  refuse_flags_of_start(options);
  if (!options.id.empty()) throw UsageError("list takes no ID");
  const json::object answer = ask(options.url, {"GET", kPath, ""}, 200);
  print(answer,
        rows_text(answer.at("active").as_array(), "Goes on:", "No maintenance goes on", true) +
            rows_text(answer.at("upcoming").as_array(),
                      "In the next 7 days:", "None is planned for the next 7 days", false),
        options, streams);
}

void end(const MaintenanceOptions& options, const Streams& streams) {
  refuse_flags_of_start(options);
  if (options.id.empty())
    throw UsageError("the ID is missing, allowed: one that `rdpwatch maintenance list` shows");
  const std::string by = who(options);
  std::string target = kPath + ("/" + encoded(options.id));
  if (!by.empty()) target += "?by=" + encoded(by);
  const json::object answer = ask(options.url, {"DELETE", target, ""}, 200);
  print(answer, "Maintenance " + text_at(answer, "ended") + " has ended\n", options, streams);
}

}  // namespace

int maintenance(const MaintenanceOptions& options, const Streams& streams) {
  try {
    if (options.action == "start") {
      start(options, streams);
    } else if (options.action == "end") {
      end(options, streams);
    } else {
      list(options, streams);
    }
    return kOk;
  } catch (const UsageError& error) {
    streams.err << "rdpwatch maintenance: " << error.what() << "\nsee rdpwatch maintenance --help\n";
  } catch (const HttpError& error) {
    streams.err << "rdpwatch maintenance: " << report::clean(error.what()) << "\n";
  } catch (const std::exception& error) {
    streams.err << "rdpwatch maintenance: " << report::clean(options.url)
                << " answers in another way than this version of rdpwatch understands\n";
  }
  return kUnknown;
}

}  // namespace rdpwatch::cli
