#include "daemon/storage/state_file.hpp"

#include <array>
#include <chrono>
#include <system_error>

#include "daemon/storage/event_text.hpp"
#include "daemon/storage/schema.hpp"
#include "daemon/storage/state_json.hpp"

namespace rdpwatch::storage {
namespace {

using fleet::EndpointKey;

/// What SQLite keeps beside a file in write-ahead mode.
constexpr std::array<const char*, 2> kCompanions{"-wal", "-shm"};

std::int64_t seconds(fleet::WallTime when) {
  return std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
}

std::string_view bytes_of(const fleet::Fingerprint& fingerprint) {
  return {reinterpret_cast<const char*>(fingerprint.data()), fingerprint.size()};
}

}  // namespace

StateFile::StateFile(const std::string& path) : lock_(path), database_(path) {
  // A crash of the machine may cost the last batches, never the file; a crash of the daemon costs neither.
  database_.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216");
  migrate(database_);
}

std::map<std::string, handshake::CertificateFacts> StateFile::load_certificates() {
  std::map<std::string, handshake::CertificateFacts> certificates;
  Statement rows(database_, "SELECT sha256, facts FROM certificate");
  while (rows.step()) {
    try {
      certificates.emplace(rows.text(0), decode_certificate(rows.text(1)));
    } catch (const std::exception&) {
      // Whose endpoints show it begin without it.
    }
  }
  return certificates;
}

StateFile::Loaded StateFile::load() {
  Loaded loaded;
  load_states(loaded);
  load_events(loaded);
  Statement documents(database_, "SELECT name, text FROM document");
  while (documents.step()) loaded.documents.emplace(documents.text(0), documents.text(1));
  return loaded;
}

void StateFile::load_states(Loaded& loaded) {
  const auto certificates = load_certificates();
  // A target that is gone may come back with the inventory, but an address that a name has lost would be
  // probed again, and its last state shown, until the name is looked up.
  Statement rows(database_,
                 "SELECT target, address, state, certificate FROM endpoint "
                 "WHERE gone_since IS NULL OR address = ''");
  while (rows.step()) {
    EndpointKey key{std::string(rows.text(0)), std::string(rows.text(1))};
    const auto shown = certificates.find(std::string(rows.text(3)));
    const auto* certificate = shown == certificates.end() ? nullptr : &shown->second;
    try {
      auto state = std::make_shared<fleet::TargetState>(decode_state(key, rows.text(2), certificate));
      loaded.states.emplace(std::move(key), std::move(state));
    } catch (const std::exception&) {
      ++loaded.unreadable;
    }
  }
}

void StateFile::load_events(Loaded& loaded) {
  Statement rows(database_, "SELECT id, event FROM event ORDER BY id");
  while (rows.step()) {
    try {
      loaded.events.push_back(decode_event(rows.integer(0), rows.text(1)));
    } catch (const std::exception&) {
      ++loaded.unreadable;
    }
  }
}

void StateFile::write(const std::vector<events::EventPtr>& events, std::int64_t shift) {
  Transaction transaction(database_);
  Statement put(database_, "INSERT OR REPLACE INTO event (id, event) VALUES (?1, ?2)");
  for (const auto& event : events) {
    const std::string text = encode_event(*event);
    put.bind(1, event->id + shift).bind(2, text).run();
  }
  transaction.commit();
}

std::int64_t StateFile::last_event_id() {
  Statement last(database_, "SELECT coalesce(max(id), 0) FROM event");
  last.step();
  return last.integer(0);
}

void StateFile::forget_events_before(std::int64_t id) {
  Statement forget(database_, "DELETE FROM event WHERE id < ?1");
  forget.bind(1, id).run();
}

void StateFile::write(const Documents& documents) {
  if (documents.empty()) return;
  Transaction transaction(database_);
  Statement put(database_, "INSERT OR REPLACE INTO document (name, text) VALUES (?1, ?2)");
  for (const auto& [name, text] : documents) put.bind(1, name).bind(2, text).run();
  transaction.commit();
}

void StateFile::write(const std::vector<fleet::StatePtr>& states) {
  Transaction transaction(database_);
  Statement keep(database_, "INSERT OR IGNORE INTO certificate (sha256, facts) VALUES (?1, ?2)");
  Statement has(database_, "SELECT 1 FROM certificate WHERE sha256 = ?1");
  Statement update(database_,
                   "UPDATE endpoint SET state = ?3, certificate = ?4, gone_since = NULL "
                   "WHERE target = ?1 AND address = ?2");
  Statement insert(database_,
                   "INSERT INTO endpoint (target, address, state, certificate) VALUES (?1, ?2, ?3, ?4)");
  for (const auto& state : states) {
    fleet::Fingerprint sha256{};
    if (state->certificate) {
      sha256 = fleet::fingerprint_of(state->certificate->sha256);
      const bool known = has.bind_blob(1, bytes_of(sha256)).step();
      if (known) has.run();
      if (!known) {
        const std::string facts = encode_certificate(*state->certificate);
        keep.bind_blob(1, bytes_of(sha256)).bind(2, facts).run();
      }
    }
    const std::string text = encode_state(*state);
    for (Statement* put : {&update, &insert}) {
      put->bind(1, state->key.target).bind(2, state->key.address).bind(3, text);
      if (state->certificate) {
        put->bind_blob(4, bytes_of(sha256));
      } else {
        put->bind_null(4);
      }
      if (put->run() > 0) break;
    }
  }
  transaction.commit();
}

void StateFile::sweep(const std::set<EndpointKey>& present, fleet::WallTime now,
                      fleet::WallTime forget_before) {
  Transaction transaction(database_);
  Statement rows(database_, "SELECT id, target, address, gone_since FROM endpoint");
  std::vector<std::int64_t> gone;
  while (rows.step()) {
    const EndpointKey key{std::string(rows.text(1)), std::string(rows.text(2))};
    if (rows.is_null(3) && !present.contains(key)) gone.push_back(rows.integer(0));
  }
  Statement mark(database_, "UPDATE endpoint SET gone_since = ?2 WHERE id = ?1");
  for (const auto id : gone) mark.bind(1, id).bind(2, seconds(now)).run();
  Statement forget(database_, "DELETE FROM endpoint WHERE gone_since < ?1");
  forget.bind(1, seconds(forget_before)).run();
  database_.execute(
      "DELETE FROM certificate WHERE sha256 NOT IN "
      "(SELECT certificate FROM endpoint WHERE certificate IS NOT NULL)");
  transaction.commit();
}

std::uintmax_t StateFile::bytes() const {
  std::error_code ignored;
  std::uintmax_t total = std::filesystem::file_size(database_.path(), ignored);
  const auto wal = std::filesystem::file_size(database_.path() + kCompanions[0], ignored);
  if (!ignored) total += wal;
  return total;
}

std::string put_aside(const std::string& path, fleet::WallTime now) {
  const std::string aside = path + ".corrupt-" + std::to_string(seconds(now));
  std::filesystem::rename(path, aside);
  for (const char* companion : kCompanions) {
    std::error_code ignored;  // It may not be there.
    std::filesystem::rename(path + companion, aside + companion, ignored);
  }
  return aside;
}

}  // namespace rdpwatch::storage
