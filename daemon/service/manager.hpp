#pragma once
// Manager: tells systemd how the daemon stands, by the protocol of sd_notify(3): one datagram a message to
// the socket that NOTIFY_SOCKET names. It is a few lines of our own, because the library would be one more to
// install and to load for a single call.

#include <chrono>
#include <string>
#include <string_view>

namespace rdpwatch::service {

/// What a service manager put into our environment.
struct Environment {
  std::string notify_socket;  ///< NOTIFY_SOCKET; empty: nobody wants to be told
  std::chrono::microseconds watchdog{
      0};  ///< WATCHDOG_USEC, where it is meant for this process; 0: no watchdog
};
Environment environment();

/// The longest text of a status, in bytes; what is longer is cut off.
inline constexpr std::size_t kLongestStatus = 200;

/// Each call sends one datagram and waits at most a second for room in the manager's queue: not for threads
/// that probe. Without a manager all of them do nothing and return true; false: it could not be told.
/// Thread-safe.
class Manager {
 public:
  /// `socket`: a path, or a name in the abstract namespace with "@" in front of it; empty: no manager.
  explicit Manager(std::string socket) : socket_(std::move(socket)) {}

  /// The daemon does its work: after its start, and after each reload.
  bool ready(std::string_view status) const;
  bool reloading() const;
  bool stopping() const;
  /// One line for people, shown by `systemctl status`.
  bool status(std::string_view text) const;
  /// The sign of life that the watchdog waits for.
  bool alive() const;

 private:
  bool send(const std::string& message) const;

  std::string socket_;
};

}  // namespace rdpwatch::service
