#pragma once
// Settings from YAML text; a test whose text is invalid fails.

#include <gtest/gtest.h>

#include <string>

#include "config/load.hpp"

namespace rdpwatch::inventory {

inline config::Settings settings_from(const std::string& text) {
  config::LoadResult result = config::load_text(text, "/etc/rdpwatch/rdpwatch.yml");
  if (const auto* errors = std::get_if<std::vector<config::Error>>(&result)) {
    for (const config::Error& error : *errors) ADD_FAILURE() << config::to_string(error);
    return {};
  }
  return std::get<config::Settings>(std::move(result));
}

}  // namespace rdpwatch::inventory
