#include "daemon/service/manager.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>

namespace rdpwatch::service {
namespace {

constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value <= 0) return std::nullopt;
  return value;
}

/// A status is one line of the datagram, so a line break in it would begin another assignment.
std::string status_line(std::string_view text) {
  std::string line = "STATUS=" + std::string(text.substr(0, kLongestStatus));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

/// The clock that systemd compares with its own to tell the reload it asked for from an earlier one.
std::int64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000;
}

class Socket {
 public:
  Socket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Environment environment() {
  Environment found;
  found.notify_socket = variable("NOTIFY_SOCKET");
  const std::string pid = variable("WATCHDOG_PID");
  const bool ours = pid.empty() || number(pid) == getpid();
  if (const auto period = number(variable("WATCHDOG_USEC")); period && ours)
    found.watchdog = std::chrono::microseconds(*period);
  return found;
}

bool Manager::ready(std::string_view status) const {
  return send("READY=1\n" + status_line(status));
}

bool Manager::reloading() const {
  return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()));
}

bool Manager::stopping() const {
  return send("STOPPING=1\nSTATUS=stopping");
}

bool Manager::status(std::string_view text) const {
  return send(status_line(text));
}

bool Manager::alive() const {
  return send("WATCHDOG=1");
}

bool Manager::send(const std::string& message) const {
  if (socket_.empty()) return true;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool abstract = socket_.front() == '@';
  if ((!abstract && socket_.front() != '/') || socket_.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (abstract) address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());

  const Socket socket;
  if (socket.fd() < 0) return false;
  setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  const auto sent = sendto(socket.fd(), message.data(), message.size(), MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&address), length);
  return sent == static_cast<ssize_t>(message.size());
}

}  // namespace rdpwatch::service
