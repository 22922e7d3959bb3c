#include "daemon/storage/schema.hpp"

#include <array>
#include <string>

#include "daemon/storage/state_file.hpp"

namespace rdpwatch::storage {
namespace {

/// "rdpw" in ASCII: what `file` and SQLite's own tools know a state file by.
constexpr int kApplicationId = 0x72647077;

/// Step n makes version n + 1 out of version n. A step that was released never changes.
///
/// Rows of `endpoint` get their numbers in the order of their first runs, which is the order of all later
/// rounds: so a batch's rows lie side by side, and few pages are written.
constexpr std::array<const char*, kSchemaVersion> kSteps{R"(
  CREATE TABLE endpoint (
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    certificate BLOB,
    gone_since INTEGER,
    UNIQUE (target, address)
  );
  CREATE TABLE certificate (sha256 BLOB PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE event (id INTEGER PRIMARY KEY, event TEXT NOT NULL);
  CREATE TABLE document (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
)"};

int pragma(Database& database, const char* sql) {
  Statement statement(database, sql);
  statement.step();
  return static_cast<int>(statement.integer(0));
}

bool has_tables(Database& database) {
  Statement statement(database, "SELECT count(*) FROM sqlite_schema");
  statement.step();
  return statement.integer(0) > 0;
}

}  // namespace

void migrate(Database& database) {
  const int id = pragma(database, "PRAGMA application_id");
  if (id != kApplicationId && has_tables(database)) {
    throw DatabaseError(SQLITE_MISMATCH, database.path() + " is an SQLite file of another program");
  }
  const int version = pragma(database, "PRAGMA user_version");
  if (version > kSchemaVersion) {
    throw DatabaseError(SQLITE_MISMATCH, database.path() + " was written by a newer rdpwatch (version " +
                                             std::to_string(version) + " of its tables; this one knows " +
                                             std::to_string(kSchemaVersion) + ")");
  }
  for (int step = version; step < kSchemaVersion; ++step) {
    Transaction transaction(database);
    database.execute(kSteps[static_cast<std::size_t>(step)]);
    const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(step + 1);
    database.execute(marks.c_str());
    transaction.commit();
  }
}

}  // namespace rdpwatch::storage
