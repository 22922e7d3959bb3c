#include "daemon/events/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/events/events.hpp"

namespace rdpwatch::events {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::int64_t> ids(const Journal& journal, const EventQuery& query = {}) {
  std::vector<std::int64_t> out;
  for (const auto& event : journal.query(query)) out.push_back(event->id);
  return out;
}

EventQuery oldest_first(EventQuery query = {}) {
  query.newest_first = false;
  return query;
}

TEST(Journal, GivesIdsFromOneAndAnswersNewestFirst) {
  Journal journal;
  EXPECT_EQ(journal.oldest_id(), 1);
  EXPECT_EQ(journal.add(event(EventType::started, 0)), 1);
  EXPECT_EQ(journal.add(went_down(5)), 2);
  EXPECT_THAT(ids(journal), ElementsAre(2, 1));
  EXPECT_THAT(ids(journal, oldest_first()), ElementsAre(1, 2));
  EXPECT_EQ(journal.oldest_id(), 1);
  Event expected = went_down(5);
  expected.id = 2;
  EXPECT_EQ(*journal.query({}).front(), expected);
}

TEST(Journal, TheOldestGoesWhenThereAreTooMany) {
  Journal journal({std::chrono::days(30), 3});
  for (int i = 0; i < 5; ++i) journal.add(event(EventType::reload, i));
  EXPECT_THAT(ids(journal), ElementsAre(5, 4, 3));
  EXPECT_EQ(journal.oldest_id(), 3);
  journal.set_limits({std::chrono::days(30), 1});
  EXPECT_THAT(ids(journal), ElementsAre(5));
  journal.set_limits({std::chrono::days(30), 3});
  EXPECT_THAT(ids(journal), ElementsAre(5));
}

TEST(Journal, WhatIsOlderThanTheRetentionExpires) {
  Journal journal({std::chrono::hours(1), 100});
  journal.add(event(EventType::reload, 0));
  journal.add(event(EventType::reload, 1));
  journal.expire(at_second(3600));
  EXPECT_THAT(ids(journal), ElementsAre(2, 1));
  journal.expire(at_second(3601));
  EXPECT_THAT(ids(journal), ElementsAre(2));
  journal.expire(at_second(100000));
  EXPECT_THAT(ids(journal), IsEmpty());
  EXPECT_EQ(journal.oldest_id(), 3);
  EXPECT_EQ(journal.add(event(EventType::reload, 100000)), 3);
}

TEST(Journal, RestoredEventsComeBackInOrderAndIdsGoOn) {
  Journal journal({std::chrono::days(30), 3});
  std::vector<std::int64_t> told;
  journal.set_sink([&told](const Event& event) { told.push_back(event.id); });
  std::vector<Event> kept{went_down(40), went_down(10), went_down(30), went_down(20), went_down(30)};
  kept[0].id = 9;
  kept[1].id = 2;
  kept[2].id = 7;
  kept[3].id = 5;
  kept[4].id = 7;  // twice
  kept.push_back(went_down(50));
  kept.back().id = -4;
  journal.restore(kept);
  EXPECT_THAT(ids(journal), ElementsAre(9, 7, 5));
  EXPECT_THAT(told, IsEmpty());
  EXPECT_EQ(journal.add(event(EventType::started, 60)), 10);
  EXPECT_THAT(told, ElementsAre(10));
}

TEST(Journal, IdsGoOnAfterTheLastOneAlsoWhenNothingIsLeft) {
  Journal journal;
  journal.restore({}, 41);
  EXPECT_EQ(journal.oldest_id(), 42);
  EXPECT_EQ(journal.add(event(EventType::started, 0)), 42);
}

TEST(Journal, TheSinkHasEachEventOnceItIsIn) {
  Journal journal;
  std::vector<std::pair<std::int64_t, std::size_t>> seen;
  journal.set_sink([&](const Event& event) { seen.emplace_back(event.id, journal.size()); });
  journal.add(event(EventType::started, 0));
  journal.add(event(EventType::reload, 1));
  EXPECT_THAT(seen, ElementsAre(std::pair(1, 1), std::pair(2, 2)));
}

class JournalQuery : public testing::Test {
 protected:
  JournalQuery() {
    journal_.add(event(EventType::started, 0));
    journal_.add(event(EventType::target_down, 10, "a:3389", "x"));
    journal_.add(event(EventType::target_up, 20, "a:3389", "x"));
    journal_.add(event(EventType::target_down, 30, "b:3389", "y"));
    Event expanded = event(EventType::target_down, 40, "gw:3389", "y");
    expanded.address = "10.0.0.1:3389";
    journal_.add(expanded);
    expanded.address = "[2001:db8::1]:3389";
    journal_.add(expanded);
    expanded.address = "10.0.0.12";
    journal_.add(expanded);
  }

  Journal journal_;
};

TEST_F(JournalQuery, ByTime) {
  EventQuery query;
  query.since = at_second(20);
  EXPECT_THAT(ids(journal_, query), ElementsAre(7, 6, 5, 4, 3));
  query.until = at_second(40);
  EXPECT_THAT(ids(journal_, query), ElementsAre(4, 3));
}

TEST_F(JournalQuery, ByTypeTargetAndGroup) {
  EventQuery query;
  query.types = {EventType::target_down, EventType::target_up};
  EXPECT_THAT(ids(journal_, query), ElementsAre(7, 6, 5, 4, 3, 2));
  query.groups = {"x", "z"};
  EXPECT_THAT(ids(journal_, query), ElementsAre(3, 2));
  query.types = {EventType::target_up};
  EXPECT_THAT(ids(journal_, query), ElementsAre(3));
  query = {};
  query.targets = {"b:3389", "nobody"};
  EXPECT_THAT(ids(journal_, query), ElementsAre(4));
}

TEST_F(JournalQuery, ByEndpoint) {
  EventQuery query;
  query.endpoint = {"gw:3389", ""};
  EXPECT_THAT(ids(journal_, query), ElementsAre(7, 6, 5));
  query.endpoint = {"gw:3389", "10.0.0.1"};
  EXPECT_THAT(ids(journal_, query), ElementsAre(5));
  query.endpoint = {"gw:3389", "2001:db8::1"};
  EXPECT_THAT(ids(journal_, query), ElementsAre(6));
  query.endpoint = {"gw:3389", "10.0.0.12"};
  EXPECT_THAT(ids(journal_, query), ElementsAre(7));
}

TEST_F(JournalQuery, InPagesFromEitherEnd) {
  EventQuery query;
  query.limit = 3;
  EXPECT_THAT(ids(journal_, query), ElementsAre(7, 6, 5));
  query.before = 5;
  EXPECT_THAT(ids(journal_, query), ElementsAre(4, 3, 2));
  query.before = 1;
  EXPECT_THAT(ids(journal_, query), IsEmpty());
  query.before.reset();
  query.after = 2;
  EXPECT_THAT(ids(journal_, oldest_first(query)), ElementsAre(3, 4, 5));
  query.after = 5;
  EXPECT_THAT(ids(journal_, oldest_first(query)), ElementsAre(6, 7));
  EXPECT_THAT(ids(journal_, query), ElementsAre(7, 6));
  query.after = 700;
  EXPECT_THAT(ids(journal_, oldest_first(query)), IsEmpty());
}

TEST(Journal, AQueryGoesThroughMoreThanOneChunk) {
  Journal journal;
  journal.add(went_down(0));
  for (int i = 0; i < 5000; ++i) journal.add(event(EventType::reload, i));
  journal.add(went_down(5000));
  EventQuery query;
  query.types = {EventType::target_down};
  EXPECT_THAT(ids(journal, query), ElementsAre(5002, 1));
  EXPECT_THAT(ids(journal, oldest_first(query)), ElementsAre(1, 5002));
}

TEST(Journal, ManyThreadsMayAddAndAsk) {
  Journal journal({std::chrono::days(30), 500});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&journal] {
      for (int n = 0; n < 1000; ++n) {
        journal.add(event(EventType::reload, n));
        if (n % 100 == 0) journal.query({});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(journal.size(), 500u);
  EXPECT_EQ(journal.oldest_id(), 3501);
}

TEST(Journal, BoundsWhatAnEventHolds) {
  Journal journal;
  Event big = event(EventType::target_down, 0, std::string(5000, 't'));
  big.text = std::string(4095, 'x') + "\xC3\xA4 and more";
  for (int i = 0; i < 20; ++i) big.details.emplace_back(std::to_string(i), std::string(4097, 'v'));
  journal.add(big);
  const auto kept = journal.query({}).front();
  EXPECT_THAT(kept->target, SizeIs(4096));
  EXPECT_EQ(kept->text, std::string(4095, 'x'));
  EXPECT_THAT(kept->details, SizeIs(16));
  EXPECT_THAT(kept->details.back().second, SizeIs(4096));
}

}  // namespace
}  // namespace rdpwatch::events
