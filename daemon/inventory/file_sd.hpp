#pragma once
// FileSd: the content of discovery files in Prometheus's file_sd format, with the last good content of each.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace rdpwatch::inventory {

/// Files that the patterns of one file_sd section match now, sorted, each once. A directory that does not
/// exist matches nothing; one that can't be listed for another reason is an error, so that a network file
/// system that is away for a while does not look like an empty inventory.
struct MatchedFiles {
  std::vector<std::string> files;
  std::vector<std::string> errors;
};
MatchedFiles match_files(const std::vector<std::string>& patterns);

/// The directory of a pattern.
std::string directory_of(const std::string& pattern);

/// Shared, because the last good content, a group's accepted targets and a held update are mostly the same
/// ones.
using DiscoveredTarget = std::shared_ptr<const config::TargetSettings>;

/// Not thread-safe. Reads and parses on the caller's thread, which takes about half a second for 50,000
/// targets.
class FileSd {
 public:
  struct Refresh {
    std::vector<DiscoveredTarget> targets;  ///< of all files in the order of their paths
    std::vector<std::string> errors;        ///< one for each file or directory that failed
  };

  /// Reads all files of a section. A file that is bad or unreadable keeps its last good targets; the targets
  /// of a file that is gone are gone, and so are those of a file that has never been good.
  Refresh refresh(const config::FileSdSettings& section);

  /// Forgets the last good content of files that none of the sections could name any more.
  void keep_only(const std::vector<const config::FileSdSettings*>& sections);

 private:
  std::map<std::string, std::vector<DiscoveredTarget>> last_good_;  ///< by path
};

}  // namespace rdpwatch::inventory
