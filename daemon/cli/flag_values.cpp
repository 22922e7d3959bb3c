#include "daemon/cli/flag_values.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "config/duration.hpp"
#include "daemon/http/listen_address.hpp"
#include "daemon/report/text_clean.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::cli {
namespace {

/// The parser finds checks by their names.
const std::string kOneOf = "one of";

std::string in_quotes(const std::string& text) {
  return "\"" + report::clean(text) + "\"";
}

bool is_url(const std::string& text) {
  for (const std::string scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme) || text.size() == scheme.size()) continue;
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '"'; });
  }
  return false;
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> names) {
  std::string description = "{" + CLI::detail::join(names, ",") + "}";
  return {[names = std::move(names)](std::string& text) -> std::string {
            if (std::ranges::find(names, text) != names.end()) return "";
            std::string allowed;
            for (const auto& name : names) allowed += (allowed.empty() ? "" : ", ") + name;
            return in_quotes(text) + " is not known, allowed: " + allowed;
          },
          std::move(description), kOneOf};
}

std::vector<std::string> choices_of(CLI::Option& option) {
  try {
    const std::string description = option.get_validator(kOneOf)->get_description();
    return CLI::detail::split(description.substr(1, description.size() - 2), ',');
  } catch (const CLI::OptionNotFound&) {
    return {};
  }
}

CLI::Validator days(double most) {
  return {[most](std::string& text) -> std::string {
            double value = -1;
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
            if (error == std::errc() && stop == end && value >= 0 && value <= most) return "";
            return in_quotes(text) + " is no number of days, allowed: 0 to " + report::decimal(most);
          },
          ""};
}

CLI::Validator duration_between(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return {[least, most](std::string& text) -> std::string {
            const auto value = config::parse_duration(text);
            if (value && *value >= least && *value <= most) return "";
            return in_quotes(text) +
                   " is no duration that can be used, allowed: " + config::format_duration(least) + " to " +
                   config::format_duration(most) + ", for example 10s";
          },
          ""};
}

CLI::Validator listen_address() {
  return {[](std::string& text) -> std::string {
            try {
              http::parse_listen_address(text);
              return "";
            } catch (const http::ListenError& error) {
              return report::clean(error.what());
            }
          },
          ""};
}

CLI::Validator web_url() {
  return {[](std::string& text) -> std::string {
            if (is_url(text)) return "";
            return in_quotes(text) + " is no URL, allowed: http:// or https:// with a host";
          },
          ""};
}

}  // namespace rdpwatch::cli
