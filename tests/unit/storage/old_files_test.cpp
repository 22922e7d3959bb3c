// The files of earlier versions, as they were left, are opened by this one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "daemon/storage/state_file.hpp"
#include "tests/support/temp_dir.hpp"

namespace rdpwatch::storage {
namespace {

using fleet::TargetStatus;

StateFile::Loaded load_version(int version) {
  const rdpwatch::test::TempDir folder;
  const std::string path = folder.path("state.db");
  std::ifstream dump(std::string(RDPWATCH_SOURCE_DIR "/tests/unit/storage/data/state-v") +
                     std::to_string(version) + ".sql");
  const std::string sql((std::istreambuf_iterator<char>(dump)), std::istreambuf_iterator<char>());
  EXPECT_NE(sql, "");
  Database(path).execute(sql.c_str());
  return StateFile(path).load();
}

TEST(OldFiles, OfVersion1) {
  const auto loaded = load_version(1);
  EXPECT_EQ(loaded.unreadable, 0u);
  ASSERT_EQ(loaded.states.size(), 3u);
  const auto& up = *loaded.states.at({"127.77.0.1:3389", ""});
  const auto& down = *loaded.states.at({"127.77.0.2:3389", ""});
  const auto& covered = *loaded.states.at({"127.77.0.3:3389", ""});
  EXPECT_EQ(up.status, TargetStatus::up);
  EXPECT_EQ(up.last_result->duration.count(), 2995224);
  EXPECT_EQ(up.certificate->subject, "CN=rdpsim");
  EXPECT_EQ(down.status, TargetStatus::down);
  EXPECT_EQ(down.status_since.time_since_epoch().count(), 1795724798199866907);
  EXPECT_EQ(down.consecutive_failures, 1u);
  EXPECT_EQ(down.certificates.at(0).first_seen.time_since_epoch().count(), 1795724787213421929);
  EXPECT_EQ(down.diagnosis->causes.at(0).id, "private_key_unreadable");
  EXPECT_EQ(down.last_result->failure->detail, "reset 0.3 ms after ClientHello, 0 bytes received");
  EXPECT_EQ(covered.status, TargetStatus::maintenance);

  ASSERT_EQ(loaded.events.size(), 4u);
  EXPECT_EQ(loaded.events[0].type, events::EventType::started);
  EXPECT_EQ(loaded.events[1].type, events::EventType::maintenance_started);
  EXPECT_EQ(loaded.events[2].type, events::EventType::target_down);
  EXPECT_EQ(loaded.events[2].target, "127.77.0.2:3389");
  EXPECT_EQ(loaded.events[2].details.at(3),
            std::pair(std::string("reason"), std::string("connection_reset")));
  EXPECT_EQ(loaded.events[3].id, 4);
  EXPECT_THAT(loaded.documents.at("maintenance"), testing::HasSubstr("\"id\":\"mc47fdb84\""));
}

TEST(OldFiles, ThereIsOneOfEachVersion) {
  for (int version = 1; version <= kSchemaVersion; ++version)
    EXPECT_FALSE(load_version(version).states.empty()) << version;
}

}  // namespace
}  // namespace rdpwatch::storage
