#pragma once
// Results of loading as texts.

#include <string>
#include <variant>
#include <vector>

#include "config/load.hpp"

namespace rdpwatch::config {

inline std::vector<std::string> messages(const std::vector<Error>& errors) {
  std::vector<std::string> texts;
  for (const Error& error : errors) texts.push_back(to_string(error));
  return texts;
}

inline std::vector<std::string> messages(const LoadResult& result) {
  const auto* errors = std::get_if<std::vector<Error>>(&result);
  return errors == nullptr ? std::vector<std::string>{} : messages(*errors);
}

}  // namespace rdpwatch::config
