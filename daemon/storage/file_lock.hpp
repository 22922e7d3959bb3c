#pragma once
// FileLock: that only one process uses a file. The lock is a file beside it, because SQLite's own locks are
// held for moments only. It ends with the process, however that ends.

#include <string>

namespace rdpwatch::storage {

class FileLock {
 public:
  /// Throws std::runtime_error, with the other's process number, when another process has it, or when the
  /// lock's file can't be written.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace rdpwatch::storage
