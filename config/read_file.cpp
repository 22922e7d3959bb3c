#include "config/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace rdpwatch::config {

namespace {

constexpr const char* kTooLarge = "is larger than 64 MiB, allowed: at most 64 MiB";

std::string system_words(int error) {
  return "cannot be read: " + std::generic_category().message(error);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

bool read_file(const std::string& path, std::string& content, std::string& why) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) {
    why = system_words(errno);
    return false;
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    why = system_words(errno);
    return false;
  }
  if (!S_ISREG(status.st_mode)) {
    why = S_ISDIR(status.st_mode) ? system_words(EISDIR) : "cannot be read: it is not a regular file";
    return false;
  }
  if (static_cast<std::uint64_t>(status.st_size) > kLargestFile) {
    why = kTooLarge;
    return false;
  }
  content.clear();
  // One byte more than stat() said, so that a file that grows meanwhile is read to its end as well.
  std::size_t room = static_cast<std::size_t>(status.st_size) + 1;
  for (;;) {
    const std::size_t before = content.size();
    content.resize(before + room);
    const ssize_t got = ::read(file.get(), content.data() + before, room);
    const int error = errno;
    content.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0) return true;
    if (got < 0 && error == EINTR) continue;
    if (got < 0) {
      why = system_words(error);
      return false;
    }
    if (content.size() > kLargestFile) {
      why = kTooLarge;
      return false;
    }
    room = std::size_t{64} << 10;
  }
}

}  // namespace rdpwatch::config
