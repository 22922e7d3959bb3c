#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "config/web_config.hpp"
#include "daemon/http/basic_credentials.hpp"
#include "daemon/http/bcrypt.hpp"
#include "daemon/http/password_checker.hpp"
#include "daemon/http/token_bucket.hpp"
#include "daemon/http/verdict_cache.hpp"

namespace rdpwatch::http {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;

TEST(Bcrypt, knows_the_three_kinds_of_hash) {
  const std::string alice = "Q9bVxK2mNtR7sYwZ1cDeFuI0b72SpMtX4iqgmfqXTf1jt.wIHHKaO";
  for (const std::string kind : {"$2a$04$", "$2b$04$", "$2y$04$"}) {
    EXPECT_TRUE(bcrypt_matches("alice123", kind + alice)) << kind;
    EXPECT_FALSE(bcrypt_matches("alice124", kind + alice)) << kind;
    EXPECT_FALSE(bcrypt_matches("", kind + alice)) << kind;
  }
  EXPECT_TRUE(bcrypt_matches("alice123", "$2b$05$Q9bVxK2mNtR7sYwZ1cDeFuyFKzCTNAjyZ89nBzYGgO5sBX3r2ugUm"));
  EXPECT_TRUE(bcrypt_matches("p\xc3\xa4ssw\xc3\xb6rd",
                             "$2y$04$Q9bVxK2mNtR7sYwZ1cDeFuBZWTVuYFpgwfApp/6A2Z6FInV7r3ozK"));
  EXPECT_TRUE(bcrypt_matches("", "$2a$04$Q9bVxK2mNtR7sYwZ1cDeFuUG3PE/L.wxzJp9eo7iMjCn5OJKe7Sx."));
}

TEST(Bcrypt, looks_at_72_bytes) {
  const std::string hash = "$2y$04$Q9bVxK2mNtR7sYwZ1cDeFu39gazij801G4rldrJVRCMCW0..iQI82";
  EXPECT_TRUE(bcrypt_matches(std::string(80, 'a'), hash));
  EXPECT_TRUE(bcrypt_matches(std::string(72, 'a') + "b", hash));
  EXPECT_FALSE(bcrypt_matches(std::string(71, 'a') + "b", hash));
}

TEST(Bcrypt, a_password_does_not_end_at_a_nul_byte) {
  EXPECT_FALSE(bcrypt_matches(std::string("alice123\0x", 10),
                              "$2b$04$Q9bVxK2mNtR7sYwZ1cDeFuI0b72SpMtX4iqgmfqXTf1jt.wIHHKaO"));
}

TEST(Bcrypt, the_hash_of_nobody_costs_what_the_others_cost) {
  const std::string nobody =
      bcrypt_hash_of_nobody("$2y$04$Q9bVxK2mNtR7sYwZ1cDeFuI0b72SpMtX4iqgmfqXTf1jt.wIHHKaO");
  EXPECT_EQ(nobody.substr(0, 7), "$2b$04$");
  EXPECT_TRUE(config::is_bcrypt_hash(nobody));
  EXPECT_FALSE(bcrypt_matches("alice123", nobody));
}

TEST(BasicCredentials, are_read_strictly) {
  const auto alice = basic_credentials("Basic YWxpY2U6YWxpY2UxMjM=");
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->user, "alice");
  EXPECT_EQ(alice->password, "alice123");
  const auto colons = basic_credentials("bASIC YTpiOmM=");
  ASSERT_TRUE(colons);
  EXPECT_EQ(colons->user, "a");
  EXPECT_EQ(colons->password, "b:c");
  const auto nothing = basic_credentials("Basic Og==");
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->user + nothing->password, "");
  for (const char* wrong :
       {"", "Basic", "Basic ", "Bearer YTpi", "Basic YWxpY2U=", "Basic YTpiO", "Basic YT*i", "Basic  YTpi",
        "Basic YTpi\n", "Basic ====", "Basic Y===", "Basic =TpiYTpi"})
    EXPECT_FALSE(basic_credentials(wrong)) << wrong;
}

TEST(VerdictCache, keys_are_of_user_hash_and_password) {
  const VerdictCache cache(1);
  const std::string key = cache.key("alice", "hash", "password");
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(key, cache.key("alice", "hash", "password"));
  EXPECT_NE(key, cache.key("bob", "hash", "password"));
  EXPECT_NE(key, cache.key("alice", "hash2", "password"));
  EXPECT_NE(key, cache.key("alice", "hash", "passwore"));
  EXPECT_NE(cache.key("ab", "c", ""), cache.key("a", "bc", ""));
  EXPECT_NE(key, VerdictCache(1).key("alice", "hash", "password"));
}

TEST(VerdictCache, ten_of_a_hundred_go_when_there_is_no_room) {
  VerdictCache cache(7);
  for (int i = 0; i < 100; ++i) cache.add("key " + std::to_string(i), false);
  EXPECT_EQ(cache.size(), 100u);
  cache.add("one more", false);
  EXPECT_EQ(cache.size(), 91u);
  EXPECT_EQ(cache.find("one more"), false);
  int kept = 0;
  for (int i = 0; i < 100; ++i) kept += cache.find("key " + std::to_string(i)).has_value();
  EXPECT_EQ(kept, 90);
}

TEST(VerdictCache, wrong_passwords_push_out_no_right_one) {
  VerdictCache cache(7);
  cache.add("prometheus", true);
  for (int i = 0; i < 1000; ++i) cache.add("guess " + std::to_string(i), false);
  EXPECT_EQ(cache.find("prometheus"), true);
  EXPECT_LE(cache.size(), 101u);
}

TEST(TokenBucket, gives_a_burst_and_then_one_an_interval) {
  TokenBucket bucket(100ms, 3);
  const auto start = TokenBucket::TimePoint(1h);
  EXPECT_TRUE(bucket.take(start));
  EXPECT_TRUE(bucket.take(start));
  EXPECT_TRUE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start + 99ms));
  EXPECT_TRUE(bucket.take(start + 100ms));
  EXPECT_FALSE(bucket.take(start + 100ms));
  EXPECT_FALSE(bucket.take(start + 50ms));  // a clock that goes back gives nothing
  EXPECT_TRUE(bucket.take(start + 200ms));
}

TEST(TokenBucket, saves_up_no_more_than_the_burst) {
  TokenBucket bucket(1ms, 2);
  const auto start = TokenBucket::TimePoint(1h);
  EXPECT_TRUE(bucket.take(start));
  EXPECT_TRUE(bucket.take(start + 24h));
  EXPECT_TRUE(bucket.take(start + 24h));
  EXPECT_FALSE(bucket.take(start + 24h));
}

class PasswordCheckerTest : public testing::Test {
 protected:
  /// The verdicts of so many checks that begin together, with the password of each.
  std::vector<PasswordVerdict> check(const std::vector<std::string>& passwords) {
    std::vector<std::future<PasswordVerdict>> futures;
    for (const std::string& password : passwords) {
      auto promise = std::make_shared<std::promise<PasswordVerdict>>();
      futures.push_back(promise->get_future());
      boost::asio::co_spawn(
          io_, checker_.check("alice", kHash, password),
          [promise](std::exception_ptr, PasswordVerdict verdict) { promise->set_value(verdict); });
    }
    io_.restart();
    io_.run();
    std::vector<PasswordVerdict> verdicts;
    for (auto& future : futures) verdicts.push_back(future.get());
    return verdicts;
  }

  const std::string kHash = "$2b$04$Q9bVxK2mNtR7sYwZ1cDeFuI0b72SpMtX4iqgmfqXTf1jt.wIHHKaO";
  boost::asio::io_context io_;
  PasswordChecker checker_{io_};
};

TEST_F(PasswordCheckerTest, tells_right_from_wrong_now_and_from_memory) {
  const auto expected = ElementsAre(PasswordVerdict::right, PasswordVerdict::wrong);
  EXPECT_THAT(check({"alice123", "alice124"}), expected);
  EXPECT_THAT(check({"alice123", "alice124"}), expected);
}

TEST_F(PasswordCheckerTest, the_same_check_many_times_is_one) {
  EXPECT_THAT(check(std::vector<std::string>(200, "alice123")), Each(PasswordVerdict::right));
}

TEST_F(PasswordCheckerTest, more_than_can_wait_are_told_so_at_once) {
  std::vector<std::string> guesses;
  for (int i = 0; i < 40; ++i) guesses.push_back("guess " + std::to_string(i));
  const std::vector<PasswordVerdict> verdicts = check(guesses);
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), PasswordVerdict::wrong), 32);
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), PasswordVerdict::busy), 8);
  EXPECT_THAT(check({"alice123"}), ElementsAre(PasswordVerdict::right));
}

TEST_F(PasswordCheckerTest, ends_while_checks_wait) {
  for (int i = 0; i < 20; ++i) {
    boost::asio::co_spawn(io_, checker_.check("alice", kHash, "guess " + std::to_string(i)),
                          [](std::exception_ptr, PasswordVerdict) { FAIL() << "nothing runs any longer"; });
  }
  io_.run_one();
}

}  // namespace
}  // namespace rdpwatch::http
