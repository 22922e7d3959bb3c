// The cache, lookups that are shared, cut off, too many, or outlive their owner.

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tests/unit/transport/resolver_fixture.hpp"

namespace rdpwatch::test {
namespace {

using testing::ElementsAre;

class ResolverLifetime : public ResolverTest {
 protected:
  std::size_t questions() const { return server_.asked("ts09.corp", RecordType::a); }

  FakeDnsServer server_{io_};
  std::optional<Resolver> resolver_{std::in_place, io_.get_executor(), options({server_.address()})};
};

TEST_F(ResolverLifetime, AnswerIsCached) {
  server_.has_v4("ts09.corp", {"127.0.0.9"}, 300);
  EXPECT_THAT(addresses(resolve(*resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
  EXPECT_THAT(addresses(resolve(*resolver_, "TS09.corp")), ElementsAre("127.0.0.9"));
  EXPECT_EQ(questions(), 1u);
}

TEST_F(ResolverLifetime, AnswerWithTtlZeroIsNotCached) {
  server_.has_v4("ts09.corp", {"127.0.0.9"}, 0);
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(addresses(resolve(*resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
  EXPECT_EQ(questions(), 2u);
}

TEST_F(ResolverLifetime, SmallestTtlOfTheAnswerCounts) {
  server_.answer("ts09.corp", RecordType::aaaa, {});
  server_.answer("ts09.corp", RecordType::a,
                 {.records = {{"ts09.corp", "farm.corp", 0}, {"farm.corp", "127.0.0.9", 300}}});
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(addresses(resolve(*resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
  EXPECT_EQ(questions(), 2u);
}

TEST_F(ResolverLifetime, CachedAnswerEndsWithItsTtl) {
  server_.has_v4("ts09.corp", {"127.0.0.9"}, 1);
  resolve(*resolver_, "ts09.corp");
  const auto asked_first = Clock::now();
  while (questions() < 2 && Clock::now() - asked_first < 10s) {
    boost::asio::steady_timer pause(io_, 20ms);
    bool over = false;
    pause.async_wait([&over](auto) { over = true; });
    run_until([&over] { return over; });
    resolve(*resolver_, "ts09.corp");
  }
  EXPECT_EQ(questions(), 2u);
  // The answer was stored a moment before asked_first.
  EXPECT_GE(Clock::now() - asked_first, 900ms);
}

TEST_F(ResolverLifetime, FailuresAreNotCached) {
  EXPECT_EQ(failure(resolve(*resolver_, "ts09.corp")).substr(0, 14), "name_not_found");
  server_.has_v4("ts09.corp", {"127.0.0.9"});
  EXPECT_THAT(addresses(resolve(*resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverLifetime, SameNameAtOnceIsAskedOnce) {
  server_.has_v4("ts09.corp", {"127.0.0.9"});
  const auto one = start(*resolver_, "ts09.corp");
  const auto other = start(*resolver_, "TS09.CORP");
  EXPECT_THAT(addresses(finish(one)), ElementsAre("127.0.0.9"));
  EXPECT_THAT(addresses(finish(other)), ElementsAre("127.0.0.9"));
  EXPECT_EQ(questions(), 1u);
}

TEST_F(ResolverLifetime, EachWaiterHasItsOwnDeadline) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}, .delay = 300ms});
  server_.answer("ts09.corp", RecordType::aaaa, {});
  const auto hasty = start(*resolver_, "ts09.corp", 50ms);
  const auto patient = start(*resolver_, "ts09.corp");
  EXPECT_EQ(failure(finish(hasty)), "deadline");
  EXPECT_FALSE(patient->done());
  EXPECT_THAT(addresses(finish(patient)), ElementsAre("127.0.0.9"));
}

TEST_F(ResolverLifetime, CancelledWaitIsAbortedAndTheLateAnswerDropped) {
  server_.answer_both("ts09.corp", {.records = {{"ts09.corp", "127.0.0.9"}}, .delay = 100ms});
  boost::asio::cancellation_signal signal;
  const auto pending = start(*resolver_, "ts09.corp", 10s, signal.slot());
  run_until([&] { return questions() == 1; });
  signal.emit(boost::asio::cancellation_type::terminal);
  run_until([&] { return pending->done(); });
  EXPECT_TRUE(pending->aborted());
  // The same question anew, while the first one's answer is still to come.
  EXPECT_THAT(addresses(resolve(*resolver_, "ts09.corp")), ElementsAre("127.0.0.9"));
  EXPECT_EQ(questions(), 2u);
}

TEST_F(ResolverLifetime, CancelledWaitLeavesTheOthersTheirLookup) {
  server_.answer("ts09.corp", RecordType::a, {.records = {{"ts09.corp", "127.0.0.9"}}, .delay = 100ms});
  server_.answer("ts09.corp", RecordType::aaaa, {});
  boost::asio::cancellation_signal signal;
  const auto cancelled = start(*resolver_, "ts09.corp", 10s, signal.slot());
  const auto other = start(*resolver_, "ts09.corp");
  run_until([&] { return questions() == 1; });
  signal.emit(boost::asio::cancellation_type::terminal);
  EXPECT_THAT(addresses(finish(other)), ElementsAre("127.0.0.9"));
  EXPECT_TRUE(cancelled->aborted());
  EXPECT_EQ(questions(), 1u);
}

TEST_F(ResolverLifetime, DestroyedResolverAbortsItsLookups) {
  server_.answer_both("ts09.corp", {.silent = true});
  server_.answer_both("ts08.corp", {.records = {{"ts08.corp", "127.0.0.8"}}, .delay = 50ms});
  const auto silent = start(*resolver_, "ts09.corp");
  const auto slow = start(*resolver_, "ts08.corp");
  run_until([&] { return server_.asked_in_all() == 4; });
  resolver_.reset();
  run_until([&] { return silent->done() && slow->done(); });
  EXPECT_TRUE(silent->aborted());
  EXPECT_TRUE(slow->aborted());
}

TEST_F(ResolverLifetime, SourcePortChangesAlsoWhileQuestionsAreOpen) {
  server_.answer_both("silent.corp", {.silent = true});
  const auto silent = start(*resolver_, "silent.corp");
  run_until([&] { return server_.asked_in_all() == 2; });
  server_.has_v4("ts09.corp", {"127.0.0.9"}, 0);
  for (int i = 0; i < 31; ++i) resolve(*resolver_, "ts09.corp");
  EXPECT_EQ(server_.client_ports().size(), 1u);
  resolve(*resolver_, "ts09.corp");
  EXPECT_EQ(server_.client_ports().size(), 2u);
  // The old port's lookup goes on.
  server_.has_v4("silent.corp", {"127.0.0.8"});
  EXPECT_THAT(addresses(finish(silent)), ElementsAre("127.0.0.8"));
}

TEST_F(ResolverLifetime, SilentServersDoNotCostAPortForEveryFewLookups) {
  for (int i = 0; i < 200; ++i) {
    const std::string name = "ts" + std::to_string(i) + ".corp";
    server_.answer_both(name, {.silent = true});
    start(*resolver_, name);
  }
  run_until([&] { return server_.asked_in_all() >= 400; });
  EXPECT_EQ(server_.client_ports().size(), 2u);
}

TEST_F(ResolverLifetime, LookupThatHasNotBegunIsAbortedToo) {
  const auto pending = start(*resolver_, "ts09.corp");
  resolver_.reset();
  run_until([&] { return pending->done(); });
  EXPECT_TRUE(pending->aborted());
}

TEST_F(ResolverTest, EventLoopMayEndWithLookupsOutstanding) {
  boost::asio::io_context io;
  Resolver resolver(io.get_executor(), options({"127.0.0.1:1"}));
  bool finished = false;
  boost::asio::co_spawn(io, resolver.resolve("ts09.corp", Clock::now() + 10s),
                        [&finished](std::exception_ptr, Outcome) { finished = true; });
  io.poll_one();
  EXPECT_FALSE(finished);
}

TEST_F(ResolverTest, LookupsAreLimited) {
  FakeDnsServer server(io_);
  ResolverOptions two = options({server.address()});
  two.max_lookups = 2;
  Resolver resolver(io_.get_executor(), two);
  for (const char* name : {"ts01.corp", "ts02.corp"}) server.answer_both(name, {.silent = true});
  server.has_v4("ts03.corp", {"127.0.0.3"});
  const auto first = start(resolver, "ts01.corp", 300ms);
  const auto second = start(resolver, "ts02.corp", 300ms);
  const auto joined = start(resolver, "ts02.corp", 300ms);
  EXPECT_EQ(failure(resolve(resolver, "ts03.corp")),
            "local_resources | 2 lookups of other names are under way");
  for (const auto& pending : {first, second, joined}) EXPECT_EQ(failure(finish(pending)), "deadline");
  EXPECT_THAT(addresses(resolve(resolver, "ts03.corp")), ElementsAre("127.0.0.3"));
}

}  // namespace
}  // namespace rdpwatch::test
