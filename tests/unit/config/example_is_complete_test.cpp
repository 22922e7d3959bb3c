// config/example.yml shows every key. The keys are asked of the loader itself: its message for an unknown key
// lists those that the mapping may have.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/load.hpp"
#include "tests/unit/config/messages.hpp"

namespace rdpwatch::config {
namespace {

std::vector<std::string> allowed_keys(const std::string& text) {
  for (const std::string& message : messages(load_text(text, "f.yml"))) {
    const std::string marker = "unknown key 'no_such_key_at_all', allowed: ";
    const std::size_t at = message.find(marker);
    if (at == std::string::npos) continue;
    std::vector<std::string> keys;
    std::istringstream list(message.substr(at + marker.size()));
    for (std::string key; std::getline(list >> std::ws, key, ',');) keys.push_back(key);
    return keys;
  }
  ADD_FAILURE() << "no unknown key reported for " << text;
  return {};
}

/// Whether a line has the key as the first thing in it, after indentation and dashes.
bool shows(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(" -");
    if (begin != std::string::npos && line.compare(begin, key.size() + 1, key + ":") == 0) return true;
  }
  return false;
}

TEST(Example, shows_every_key_of_every_mapping) {
  std::ifstream file(std::string(RDPWATCH_SOURCE_DIR) + "/config/example.yml");
  std::stringstream example;
  example << file.rdbuf();
  std::size_t keys = 0;
  for (const std::string mapping : {"no_such_key_at_all: 1",
                                    "global: {no_such_key_at_all: 1}",
                                    "global: {confirm: {no_such_key_at_all: 1}}",
                                    "global: {resolver: {no_such_key_at_all: 1}}",
                                    "modules: {a: {no_such_key_at_all: 1}}",
                                    "modules: {a: {tls: {no_such_key_at_all: 1}}}",
                                    "modules: {a: {audit: {no_such_key_at_all: 1}}}",
                                    "inventory: [{no_such_key_at_all: 1}]",
                                    "inventory: [{targets: [{no_such_key_at_all: 1}]}]",
                                    "inventory: [{file_sd: [{no_such_key_at_all: 1}]}]",
                                    "maintenance: [{no_such_key_at_all: 1}]",
                                    "maintenance: [{match: {no_such_key_at_all: 1}}]",
                                    "maintenance: [{weekly: {no_such_key_at_all: 1}}]",
                                    "maintenance: [{monthly: {no_such_key_at_all: 1}}]",
                                    "maintenance: [{monthly: {days: [{no_such_key_at_all: 1}]}}]",
                                    "maintenance: [{once: {no_such_key_at_all: 1}}]",
                                    "metrics: {no_such_key_at_all: 1}",
                                    "events: {no_such_key_at_all: 1}",
                                    "storage: {no_such_key_at_all: 1}",
                                    "web: {no_such_key_at_all: 1}",
                                    "web: {probe: {no_such_key_at_all: 1}}"}) {
    for (const std::string& key : allowed_keys(mapping)) {
      ++keys;
      EXPECT_TRUE(shows(example.str(), key)) << key << " of " << mapping;
    }
  }
  EXPECT_EQ(keys, 75u);
}

}  // namespace
}  // namespace rdpwatch::config
