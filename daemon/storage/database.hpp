#pragma once
// Database: one SQLite connection, and its statements. Not thread-safe: a connection belongs to one thread at
// a time.

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rdpwatch::storage {

/// What SQLite says: its message, with the file's path before it.
class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int code() const { return code_; }  ///< an extended result code
  /// Whether the file is no database, or a broken one: waiting will not mend it.
  bool is_corrupt() const;

 private:
  int code_;
};

class Database {
 public:
  /// Opens or creates. Waits up to a second for somebody else's lock, at each statement. Throws
  /// DatabaseError.
  explicit Database(const std::string& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// One or more statements without parameters or rows. Throws DatabaseError.
  void execute(const char* sql);

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }
  [[noreturn]] void fail(int code) const;

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement. Everything may throw DatabaseError.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Parameters from 1. Texts and blobs must live until the next step() or run().
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind_null(int parameter);

  /// The next row; false after the last.
  bool step();
  /// To its end; then it can be bound anew. The number of rows that it changed.
  int run();

  /// Columns of the row, from 0; texts are valid until the next step().
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  void check(int code);

  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

/// Rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace rdpwatch::storage
