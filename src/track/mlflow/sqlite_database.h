// SqliteDatabase: an SQLite file, its statements and transactions.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "baton/core/errors.h"

struct sqlite3;
struct sqlite3_stmt;

namespace baton::track {

/// What SQLite could not do, in its words.
class SqliteError : public Error {
 public:
  SqliteError(const std::string& what, int code) : Error(what), code_(code) {}
  /// SQLITE_BUSY and so on, without what it is extended by.
  int code() const noexcept { return code_; }

 private:
  int code_;
};

/// Null, an integer, a number or a text. Texts must live until the call with them returns.
using SqliteValue = std::variant<std::nullptr_t, std::int64_t, double, std::string_view>;

/// A compiled statement, to be run often. Methods throw SqliteError.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, std::string_view text);

  /// Runs it to its end, with values for its question marks.
  void run(std::initializer_list<SqliteValue> values);
  /// Begins it anew; then next() for each row.
  void begin(std::initializer_list<SqliteValue> values);
  /// False behind the last row, which also ends it.
  bool next();
  std::string text(int column) const;
  std::int64_t integer(int column) const;

 private:
  struct Close {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

/// Methods throw SqliteError.
class SqliteDatabase {
 public:
  /// Makes the file if it is not there. `patience` bounds the wait for others that write to it.
  SqliteDatabase(const std::filesystem::path& file, std::chrono::milliseconds patience);

  SqliteStatement prepare(std::string_view statement) { return {handle_.get(), statement}; }
  /// Statements without results, separated by semicolons.
  void execute(const std::string& statements);
  /// The first column of the first row.
  std::optional<std::string> text_of(std::string_view query, std::initializer_list<SqliteValue> values = {});
  /// The row that the last INSERT made.
  std::int64_t last_row() const;

  /// All of `work` or, if it throws, nothing.
  template <class Work>
  void transaction(const Work& work) {
    execute("BEGIN IMMEDIATE");
    try {
      work();
      execute("COMMIT");
    } catch (...) {
      roll_back();
      throw;
    }
  }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  void roll_back() noexcept;

  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace baton::track
