#include "daemon/storage/state_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/events/events.hpp"
#include "tests/unit/storage/states.hpp"

namespace rdpwatch::storage {
namespace {

using testing::SizeIs;

class StateFileTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path("state.db"); }

  std::vector<fleet::StatePtr> fleet(int endpoints, char digit = 'a') {
    for (int i = 0; i < endpoints; ++i) {
      const fleet::EndpointKey key{"ts" + std::to_string(i) + ":3389", ""};
      store_.put_endpoint(key, test::target(key.target), test::at(100));
      test::record(store_, key, test::success(test::certificate(digit)), 1700000000 + i);
    }
    return store_.snapshot();
  }

  std::string why_not() {
    try {
      const StateFile file(path());
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  std::int64_t count(const char* table) {
    Database database(path());
    const std::string sql = std::string("SELECT count(*) FROM ") + table;
    Statement statement(database, sql.c_str());
    statement.step();
    return statement.integer(0);
  }

  rdpwatch::test::TempDir folder_;
  fleet::ResultStore store_;
};

TEST_F(StateFileTest, KeepsStatesAndTheirCertificateOnce) {
  {
    StateFile file(path());
    file.write(fleet(3));
    file.write(fleet(3));
    EXPECT_GT(file.bytes(), 0u);
  }
  EXPECT_EQ(count("endpoint"), 3);
  EXPECT_EQ(count("certificate"), 1);
  const auto loaded = StateFile(path()).load();
  ASSERT_THAT(loaded.states, SizeIs(3));
  EXPECT_EQ(loaded.unreadable, 0u);
  EXPECT_EQ(loaded.states.at({"ts2:3389", ""})->last_success, test::at(1700000002));
  EXPECT_EQ(loaded.states.at({"ts2:3389", ""})->certificate->sha256, std::string(64, 'a'));
}

TEST_F(StateFileTest, OneUnreadableStateCostsNoOther) {
  {
    StateFile file(path());
    file.write(fleet(2));
  }
  {
    Database database(path());
    database.execute("UPDATE endpoint SET state = '{\"status\": 3}' WHERE target = 'ts0:3389'");
  }
  const auto loaded = StateFile(path()).load();
  EXPECT_THAT(loaded.states, SizeIs(1));
  EXPECT_EQ(loaded.unreadable, 1u);
}

TEST_F(StateFileTest, KeepsEventsByTheirIds) {
  events::Journal journal;
  for (int i = 0; i < 4; ++i) journal.add(events::test::went_down(i));
  events::EventQuery all;
  all.newest_first = false;
  const auto events = journal.query(all);
  StateFile file(path());
  EXPECT_EQ(file.last_event_id(), 0);
  file.write(events, 10);
  file.write(events, 10);
  EXPECT_EQ(file.last_event_id(), 14);
  file.forget_events_before(12);
  Database(path()).execute("UPDATE event SET event = '{}}' WHERE id = 13");
  const auto loaded = file.load();
  ASSERT_THAT(loaded.events, SizeIs(2));
  EXPECT_EQ(loaded.events[0].id, 12);
  EXPECT_EQ(loaded.events[0].when, events::test::at_second(1));
  EXPECT_EQ(loaded.events[1].id, 14);
  EXPECT_EQ(loaded.unreadable, 1u);
}

TEST_F(StateFileTest, ForgetsWhatHasBeenGoneForLong) {
  StateFile file(path());
  file.write(fleet(2));
  const std::set<fleet::EndpointKey> present{{"ts0:3389", ""}};
  file.sweep(present, test::at(1000), test::at(500));
  EXPECT_EQ(count("endpoint"), 2) << "it may come back";
  file.sweep(present, test::at(2000), test::at(999));
  EXPECT_EQ(count("endpoint"), 2) << "gone since 1000, not since 2000 and not before 999";
  file.sweep(present, test::at(3000), test::at(1001));
  EXPECT_EQ(count("endpoint"), 1);
  EXPECT_EQ(count("certificate"), 1);
  file.sweep({}, test::at(4000), test::at(0));
  file.sweep({}, test::at(5000), test::at(4001));
  EXPECT_EQ(count("endpoint"), 0);
  EXPECT_EQ(count("certificate"), 0);
}

TEST_F(StateFileTest, WhatComesBackIsNotGoneAnyMore) {
  StateFile file(path());
  const auto states = fleet(1);
  file.write(states);
  file.sweep({}, test::at(1000), test::at(0));
  file.write(states);
  file.sweep({{"ts0:3389", ""}}, test::at(2000), test::at(1500));
  EXPECT_EQ(count("endpoint"), 1);
}

TEST_F(StateFileTest, AnAddressThatItsNameLostIsNotLoadedAgain) {
  const fleet::EndpointKey lost{"farm:3389", "192.0.2.1:3389"};
  const fleet::EndpointKey held{"farm:3389", "192.0.2.2:3389"};
  const fleet::EndpointKey gone{"ts01:3389", ""};
  for (const auto& key : {lost, held, gone}) {
    store_.put_endpoint(key, test::target(key.target), test::at(100));
    test::record(store_, key, test::success(), 1700000000);
  }
  StateFile file(path());
  file.write(store_.snapshot());
  file.sweep({held}, test::at(1000), test::at(0));
  const auto loaded = file.load();
  EXPECT_FALSE(loaded.states.contains(lost));
  EXPECT_TRUE(loaded.states.contains(held));
  EXPECT_TRUE(loaded.states.contains(gone)) << "it may come back with the inventory";
}

TEST_F(StateFileTest, BelongsToOneProcess) {
  const StateFile file(path());
  EXPECT_EQ(why_not(), path() + " is in use by process " + std::to_string(getpid()) +
                           ", allowed: one rdpwatch at a time, or a storage.path of its own for each");
}

TEST_F(StateFileTest, OfANewerVersionIsLeftAlone) {
  { const StateFile file(path()); }
  Database(path()).execute("PRAGMA user_version = 99");
  EXPECT_EQ(why_not(),
            path() + " was written by a newer rdpwatch (version 99 of its tables; this one knows 1)");
}

TEST_F(StateFileTest, OfAnotherProgramIsLeftAlone) {
  Database(path()).execute("CREATE TABLE theirs (a)");
  EXPECT_EQ(why_not(), path() + " is an SQLite file of another program");
}

TEST_F(StateFileTest, WhatIsNoDatabaseIsCorruptAndCanBePutAside) {
  std::ofstream(path()) << std::string(5000, 'x');
  try {
    const StateFile file(path());
    FAIL() << "no error";
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.is_corrupt());
    EXPECT_EQ(std::string(error.what()), path() + ": file is not a database");
  }
  EXPECT_EQ(put_aside(path(), test::at(77)), path() + ".corrupt-77");
  EXPECT_EQ(why_not(), "");
}

TEST_F(StateFileTest, WhereNothingCanBeWrittenTheSystemsReasonIsGiven) {
  try {
    const StateFile file(folder_.path("missing/state.db"));
    FAIL() << "no error";
  } catch (const std::exception& error) {
    EXPECT_EQ(std::string(error.what()),
              folder_.path("missing/state.db.lock") + ": No such file or directory");
  }
}

}  // namespace
}  // namespace rdpwatch::storage
