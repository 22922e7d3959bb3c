#include "daemon/http/password_checker.hpp"

#include <openssl/crypto.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "daemon/http/bcrypt.hpp"

namespace rdpwatch::http {

namespace asio = boost::asio;

PasswordChecker::PasswordChecker(asio::io_context& io) : io_(io), cache_(std::random_device()()) {}

PasswordChecker::~PasswordChecker() {
  thread_.stop();
  thread_.join();
}

asio::awaitable<PasswordVerdict> PasswordChecker::check(std::string user, std::string hash,
                                                        std::string password) {
  const std::string key = cache_.key(user, hash, password);
  const std::optional<bool> known = cache_.find(key);
  if (known) co_return *known ? PasswordVerdict::right : PasswordVerdict::wrong;
  const bool has_room = waiting_.count(key) > 0 || waiting_.size() < kMostWaiting;
  if (!has_room) co_return PasswordVerdict::busy;
  auto begin = [&](auto handler) {
    // A std::function must be copyable, the handler of a coroutine is not.
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    start(key, std::move(hash), std::move(password),
          [shared](PasswordVerdict verdict) { std::move (*shared)(verdict); });
  };
  const PasswordVerdict verdict =
      co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(PasswordVerdict)>(
          begin, asio::use_awaitable);
  co_return verdict;
}

void PasswordChecker::start(const std::string& key, std::string hash, std::string password, Waiter waiter) {
  std::vector<Waiter>& waiters = waiting_[key];
  waiters.push_back(std::move(waiter));
  if (waiters.size() > 1) return;  // The same check is on its way.
  auto work = asio::make_work_guard(io_);
  asio::post(thread_, [this, work = std::move(work), key, hash = std::move(hash),
                       password = std::move(password)]() mutable {
    const bool right = bcrypt_matches(password, hash);
    OPENSSL_cleanse(password.data(), password.size());
    asio::post(io_, [this, key, right] { finish(key, right); });
  });
}

void PasswordChecker::finish(const std::string& key, bool right) {
  cache_.add(key, right);
  const std::vector<Waiter> waiters = std::move(waiting_[key]);
  waiting_.erase(key);
  for (const Waiter& waiter : waiters) waiter(right ? PasswordVerdict::right : PasswordVerdict::wrong);
}

}  // namespace rdpwatch::http
