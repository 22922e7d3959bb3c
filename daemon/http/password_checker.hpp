#pragma once
// PasswordChecker: bcrypt away from the server's loop, one at a time on a thread of its own.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/http/verdict_cache.hpp"

namespace rdpwatch::http {

enum class PasswordVerdict {
  right,
  wrong,
  busy  ///< too many checks wait already
};

class PasswordChecker {
 public:
  static constexpr std::size_t kMostWaiting = 32;  ///< different checks, the running one included

  /// Everything but the bcrypt itself happens on the thread that runs `io`. What waits at the end is dropped.
  explicit PasswordChecker(boost::asio::io_context& io);
  ~PasswordChecker();
  PasswordChecker(const PasswordChecker&) = delete;
  PasswordChecker& operator=(const PasswordChecker&) = delete;

  /// At once when the same three were checked lately. `hash`: see config::is_bcrypt_hash.
  boost::asio::awaitable<PasswordVerdict> check(std::string user, std::string hash, std::string password);

 private:
  using Waiter = std::function<void(PasswordVerdict)>;

  void start(const std::string& key, std::string hash, std::string password, Waiter waiter);
  void finish(const std::string& key, bool right);

  boost::asio::io_context& io_;
  VerdictCache cache_;
  std::map<std::string, std::vector<Waiter>> waiting_;  ///< by the cache's key
  boost::asio::thread_pool thread_{1};
};

}  // namespace rdpwatch::http
