#include "daemon/storage/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace rdpwatch::storage {
namespace {

constexpr mode_t kOwnerAndGroup = 0640;

std::string holder(int descriptor) {
  std::array<char, 16> digits{};
  const auto size = pread(descriptor, digits.data(), digits.size(), 0);
  if (size <= 0) return "another process";
  const std::string text(digits.data(), static_cast<std::size_t>(size));
  return "process " + text.substr(0, text.find('\n'));
}

}  // namespace

FileLock::FileLock(const std::string& path)
    : descriptor_(open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerAndGroup)) {
  if (descriptor_ < 0) {
    throw std::runtime_error(path + ".lock: " + std::system_category().message(errno));
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const std::string who = holder(descriptor_);
    close(descriptor_);
    throw std::runtime_error(path + " is in use by " + who +
                             ", allowed: one rdpwatch at a time, or a storage.path of its own for each");
  }
  // Whom to ask when another one wants it; that it could not be noted harms nobody.
  const std::string self = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, self.data(), self.size(), 0) < 0) errno = 0;
}

FileLock::~FileLock() {
  close(descriptor_);
}

}  // namespace rdpwatch::storage
