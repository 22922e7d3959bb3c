#pragma once
// StateFile: the SQLite file that keeps the fleet's state. Everything throws DatabaseError. Not thread-safe.

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/events/journal.hpp"
#include "daemon/fleet/target_state.hpp"
#include "daemon/storage/database.hpp"
#include "daemon/storage/file_lock.hpp"

namespace rdpwatch::storage {

/// Version of the tables that this program writes; older ones are brought to it when a file is opened.
inline constexpr int kSchemaVersion = 1;

/// States by endpoint, as ResultStore::restore() takes them.
using States = std::map<fleet::EndpointKey, std::shared_ptr<fleet::TargetState>>;

/// Small texts by name, each kept as a whole.
using Documents = std::map<std::string, std::string>;

class StateFile {
 public:
  /// Opens or creates the file, takes its lock and brings its tables to kSchemaVersion. Fails for a file that
  /// another process uses, that a newer version wrote, or that is no state file of ours.
  explicit StateFile(const std::string& path);

  struct Loaded {
    States states;
    std::vector<events::Event> events;  ///< by id
    Documents documents;
    std::size_t unreadable = 0;  ///< states and events that could not be read; they are left out
  };
  Loaded load();

  /// All of them or none.
  void write(const std::vector<fleet::StatePtr>& states);

  /// `shift` is added to their ids. All of them or none.
  void write(const std::vector<events::EventPtr>& events, std::int64_t shift);
  /// Of the events that are kept; 0 when there is none.
  std::int64_t last_event_id();
  void forget_events_before(std::int64_t id);

  /// In place of those of the same names.
  void write(const Documents& documents);

  /// Notes since when endpoints are not `present` any more, and forgets those that have been gone since
  /// before `forget_before`, with the certificates that nobody shows.
  void sweep(const std::set<fleet::EndpointKey>& present, fleet::WallTime now, fleet::WallTime forget_before);

  /// Size on disk, with what is not yet merged into the file.
  std::uintmax_t bytes() const;

 private:
  std::map<std::string, handshake::CertificateFacts> load_certificates();
  void load_states(Loaded& loaded);
  void load_events(Loaded& loaded);

  FileLock lock_;
  Database database_;
};

/// Moves a file that can't be used, with what belongs to it, out of the way. Where it is now.
std::string put_aside(const std::string& path, fleet::WallTime now);

}  // namespace rdpwatch::storage
