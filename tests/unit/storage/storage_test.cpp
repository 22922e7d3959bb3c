#include "daemon/storage/storage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/events/events.hpp"
#include "tests/unit/storage/states.hpp"

namespace rdpwatch::storage {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class StorageTest : public testing::Test {
 protected:
  StorageOptions options() const {
    StorageOptions options;
    options.path = folder_.path("state/state.db");
    options.batch = 5ms;
    options.longest_retry = 10ms;
    return options;
  }

  void make_folder() { std::filesystem::create_directory(folder_.path("state")); }

  std::unique_ptr<Storage> storage(fleet::ResultStore& store, StorageOptions options) {
    return storage(store, no_events_, options);
  }
  std::unique_ptr<Storage> storage(fleet::ResultStore& store, events::Journal& journal,
                                   StorageOptions options) {
    const auto keep = [this](Storage::Severity, const std::string& text) {
      const std::lock_guard lock(mutex_);
      messages_.push_back(text);
    };
    auto made = std::make_unique<Storage>(options, store, journal, keep);
    made->load();
    return made;
  }

  /// In the file: "1 3 ".
  std::string event_ids() const {
    std::string ids;
    for (const auto& event : StateFile(options().path).load().events) ids += std::to_string(event.id) + " ";
    return ids;
  }

  static void run_up(fleet::ResultStore& store, std::int64_t seconds) {
    store.put_endpoint(test::kKey, test::target("ts01:3389"), test::at(seconds));
    test::record(store, test::kKey, test::success(), seconds);
  }

  template <class Condition>
  static bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::int64_t rows() const {
    Database reader(options().path);
    Statement all(reader, "SELECT count(*) FROM endpoint");
    return all.step() ? all.integer(0) : 0;
  }

  std::string document(const std::string& name) const {
    Database reader(options().path);
    Statement found(reader, "SELECT text FROM document WHERE name = ?1");
    return found.bind(1, name).step() ? std::string(found.text(0)) : "";
  }

  std::vector<std::string> messages() {
    const std::lock_guard lock(mutex_);
    return messages_;
  }

  rdpwatch::test::TempDir folder_;
  events::Journal no_events_;
  std::mutex mutex_;
  std::vector<std::string> messages_;
};

TEST_F(StorageTest, AStateIsThereAgainWhenItsEndpointIs) {
  make_folder();
  {
    fleet::ResultStore store;
    const auto kept = storage(store, options());
    kept->start();
    run_up(store, 1700000000);
  }
  fleet::ResultStore store;
  const auto kept = storage(store, options());
  EXPECT_EQ(store.size(), 0u) << "the inventory decides who is there";
  store.put_endpoint(test::kKey, test::target("ts01:3389"), test::at(1700009999));
  EXPECT_EQ(store.find(test::kKey)->status, fleet::TargetStatus::up);
  EXPECT_EQ(store.find(test::kKey)->status_since, test::at(1700000000));
  EXPECT_EQ(store.find(test::kKey)->target->name, "ts01:3389");
  EXPECT_EQ(store.groups().at("a").targets.at(0), 1u);
  EXPECT_TRUE(kept->status().working);
}

TEST_F(StorageTest, WhatIsToBeKeptIsWrittenAtOnceWithTheRest) {
  make_folder();
  fleet::ResultStore store;
  StorageOptions seldom = options();
  seldom.batch = 1h;
  const auto kept = storage(store, seldom);
  kept->start();
  run_up(store, 1700000000);
  kept->keep("maintenance", "one");
  ASSERT_TRUE(eventually([&] { return document("maintenance") == "one"; }));
  EXPECT_EQ(rows(), 1);
  kept->keep("maintenance", "two");
  EXPECT_TRUE(eventually([&] { return document("maintenance") == "two"; }));
}

TEST_F(StorageTest, EachBatchIsThereAtOnce) {
  make_folder();
  fleet::ResultStore store;
  const auto kept = storage(store, options());
  kept->start();
  run_up(store, 1700000000);
  ASSERT_TRUE(eventually([&] {
    Database reader(options().path);
    Statement rows(reader, "SELECT count(*) FROM endpoint WHERE state LIKE '%\"status\":\"up\"%'");
    return rows.step() && rows.integer(0) == 1;
  }));
  test::record(store, test::kKey, test::failure(), 1700000060);
  ASSERT_TRUE(eventually([&] {
    Database reader(options().path);
    Statement rows(reader, "SELECT count(*) FROM endpoint WHERE state LIKE '%\"status\":\"down\"%'");
    return rows.step() && rows.integer(0) == 1;
  }));
}

TEST_F(StorageTest, TheJournalGoesOnWhereItWas) {
  make_folder();
  fleet::ResultStore store;
  {
    events::Journal journal;
    const auto kept = storage(store, journal, options());
    kept->start();
    for (int i = 0; i < 5000; ++i) journal.add(events::test::went_down(i));
  }
  events::Journal journal({std::chrono::days(36500), 4});
  const auto kept = storage(store, journal, options());
  EXPECT_EQ(journal.size(), 4u);
  EXPECT_EQ(journal.add(events::test::event(events::EventType::reload, 9000)), 5001);
  kept->start();
  kept->stop();
  EXPECT_EQ(journal.oldest_id(), 4998);
  EXPECT_EQ(event_ids(), "4998 4999 5000 5001 ") << "what the journal forgets the file forgets";
}

TEST_F(StorageTest, EventsBeforeAFileThatWasOpenedLateStayBefore) {
  make_folder();
  fleet::ResultStore store;
  {
    events::Journal journal;
    auto first = storage(store, journal, options());
    first->start();
    journal.add(events::test::went_down(1));
    journal.add(events::test::went_down(2));
    events::Journal later;
    const auto second = storage(store, later, options());
    later.add(events::test::event(events::EventType::reload, 3));
    second->start();
    first.reset();
    ASSERT_TRUE(eventually([&] { return second->status().working; }));
    later.add(events::test::event(events::EventType::reload, 4));
  }
  EXPECT_EQ(event_ids(), "1 2 3 4 ");
  events::Journal journal;
  const auto kept = storage(store, journal, options());
  EXPECT_EQ(journal.add(events::test::went_down(5)), 5);
}

TEST_F(StorageTest, WithoutItsFolderItGoesOnInMemoryAndCatchesUp) {
  fleet::ResultStore store;
  const auto kept = storage(store, options());
  kept->start();
  run_up(store, 1700000000);
  ASSERT_TRUE(eventually([&] { return kept->status().errors >= 3; }));
  EXPECT_FALSE(kept->status().working);
  EXPECT_EQ(kept->status().error, options().path + ".lock: No such file or directory");
  EXPECT_THAT(messages(), ElementsAre("the state is kept in memory only, and a restart would forget it: " +
                                      options().path + ".lock: No such file or directory"))
      << "said once, not at each attempt";
  make_folder();
  ASSERT_TRUE(eventually([&] { return kept->status().working; }));
  kept->stop();
  EXPECT_EQ(messages().back(), options().path + ": the state is kept in the file again");
  EXPECT_EQ(StateFile(options().path).load().states.size(), 1u);
}

TEST_F(StorageTest, ADamagedFileIsPutAsideAndAllIsWrittenAnew) {
  make_folder();
  std::ofstream(options().path) << std::string(5000, 'x');
  fleet::ResultStore store;
  const auto kept = storage(store, options());
  run_up(store, 1700000000);
  kept->start();
  ASSERT_TRUE(eventually([&] { return kept->status().working; }));
  kept->stop();
  ASSERT_GE(messages().size(), 2u);
  EXPECT_THAT(messages()[0], HasSubstr("file is not a database"));
  EXPECT_THAT(messages()[1],
              StartsWith(options().path + " is damaged; it is " + options().path + ".corrupt-"));
  EXPECT_EQ(StateFile(options().path).load().states.size(), 1u);
}

TEST_F(StorageTest, ASecondDaemonLeavesTheFirstOnesFileAlone) {
  make_folder();
  fleet::ResultStore store;
  auto first = storage(store, options());
  fleet::ResultStore other;
  const auto second = storage(other, options());
  EXPECT_FALSE(second->status().working);
  EXPECT_THAT(second->status().error, HasSubstr(" is in use by process "));
  second->start();
  first.reset();
  ASSERT_TRUE(eventually([&] { return second->status().working; })) << "and takes it once it is free";
}

}  // namespace
}  // namespace rdpwatch::storage
