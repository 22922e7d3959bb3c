#pragma once
// The tables of the state file, and how older ones become today's. Not thread-safe.

#include "daemon/storage/database.hpp"

namespace rdpwatch::storage {

/// Brings an empty file or one of an older version to kSchemaVersion, each step whole or not at all. Throws
/// DatabaseError, also for a file of a newer version or of another program.
void migrate(Database& database);

}  // namespace rdpwatch::storage
