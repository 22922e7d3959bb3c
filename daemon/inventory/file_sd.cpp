#include "daemon/inventory/file_sd.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "config/load.hpp"

namespace rdpwatch::inventory {

namespace {

constexpr std::size_t kMostFiles = 10000;  // of one pattern

bool matches(const std::string& pattern, const std::string& path) {
  return directory_of(pattern) == directory_of(path) &&
         ::fnmatch(std::filesystem::path(pattern).filename().c_str(),
                   std::filesystem::path(path).filename().c_str(), FNM_PERIOD) == 0;
}

/// Adds what matches one pattern; returns what went wrong, or "".
std::string match_pattern(const std::string& pattern, std::set<std::string>& files) {
  std::error_code error;
  std::filesystem::directory_iterator entry(directory_of(pattern), error);
  if (error == std::errc::no_such_file_or_directory) return "";
  std::size_t count = 0;
  while (!error && entry != std::filesystem::directory_iterator()) {
    const std::string path = entry->path().string();
    if (matches(pattern, path)) {
      if (++count > kMostFiles) return pattern + ": matches more than 10000 files, allowed: at most 10000";
      files.insert(path);
    }
    entry.increment(error);
  }
  return error ? directory_of(pattern) + ": cannot be listed: " + error.message() : "";
}

std::string summary(const std::vector<config::Error>& errors, std::size_t kept) {
  std::string text = config::to_string(errors.front());
  if (errors.size() > 1) text += " (and " + std::to_string(errors.size() - 1) + " more)";
  return text + "; its last good " + std::to_string(kept) + " targets stay";
}

}  // namespace

std::string directory_of(const std::string& pattern) {
  return std::filesystem::path(pattern).parent_path().string();
}

MatchedFiles match_files(const std::vector<std::string>& patterns) {
  std::set<std::string> files;
  MatchedFiles result;
  for (const std::string& pattern : patterns) {
    std::string error = match_pattern(pattern, files);
    if (!error.empty()) result.errors.push_back(std::move(error));
  }
  result.files.assign(files.begin(), files.end());
  return result;
}

FileSd::Refresh FileSd::refresh(const config::FileSdSettings& section) {
  Refresh result;
  MatchedFiles matched = match_files(section.files);
  result.errors = std::move(matched.errors);
  std::set<std::string> paths(matched.files.begin(), matched.files.end());
  for (auto it = last_good_.begin(); it != last_good_.end();) {
    const bool is_ours = std::any_of(section.files.begin(), section.files.end(),
                                     [&](const std::string& pattern) { return matches(pattern, it->first); });
    const bool is_gone = is_ours && paths.count(it->first) == 0 && result.errors.empty();
    // While the directory can't be listed, what was in it goes on.
    if (is_ours && !is_gone) paths.insert(it->first);
    it = is_gone ? last_good_.erase(it) : std::next(it);
  }
  const std::set<std::string> listed(matched.files.begin(), matched.files.end());
  for (const std::string& path : paths) {
    std::vector<DiscoveredTarget>& known = last_good_[path];
    if (listed.count(path) > 0) {
      config::DiscoveredTargets read = config::load_discovery_file(path);
      if (read.errors.empty()) {
        known.clear();
        for (config::TargetSettings& target : read.targets) {
          known.push_back(std::make_shared<const config::TargetSettings>(std::move(target)));
        }
      } else {
        result.errors.push_back(summary(read.errors, known.size()));
      }
    }
    result.targets.insert(result.targets.end(), known.begin(), known.end());
  }
  return result;
}

void FileSd::keep_only(const std::vector<const config::FileSdSettings*>& sections) {
  std::erase_if(last_good_, [&](const auto& file) {
    return std::none_of(sections.begin(), sections.end(), [&](const config::FileSdSettings* section) {
      return std::any_of(section->files.begin(), section->files.end(),
                         [&](const std::string& pattern) { return matches(pattern, file.first); });
    });
  });
}

}  // namespace rdpwatch::inventory
