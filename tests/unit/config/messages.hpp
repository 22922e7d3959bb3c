#pragma once
// Results of loading as texts, and the texts that they must be.

#include <filesystem>
#include <fstream>
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

/// The lines of a file that has the expected ones.
inline std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace rdpwatch::config
