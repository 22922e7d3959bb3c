#pragma once
// Checks of flags' values. An error says what is allowed.

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace rdpwatch::cli {

CLI::Validator one_of(std::vector<std::string> names);
/// The names that one_of() allows there; none where it is not asked.
std::vector<std::string> choices_of(CLI::Option& option);
/// A number of days from 0 to `most`; fractions are allowed.
CLI::Validator days(double most);
/// A duration as in the configuration: 10s, 1m30s, 500ms.
CLI::Validator duration_between(std::chrono::milliseconds least, std::chrono::milliseconds most);
CLI::Validator listen_address();
/// http:// or https:// with a host.
CLI::Validator web_url();

}  // namespace rdpwatch::cli
