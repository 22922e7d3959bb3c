#pragma once
// What tells one state of a file from another without reading it.

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace rdpwatch::config {

struct FileStamp {
  std::string path;
  bool exists = false;
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  std::int64_t changed =
      0;  ///< the same, of the inode: a tool that sets the time of a file can't hide behind it

  bool operator==(const FileStamp&) const = default;
};

/// Follows symbolic links. One stat() call; never throws.
FileStamp stamp_of(const std::string& path);

}  // namespace rdpwatch::config
