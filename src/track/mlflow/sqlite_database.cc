#include "src/track/mlflow/sqlite_database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <type_traits>

namespace baton::track {

namespace {

/// `system`: errno, 0 if the operating system had no part in it.
SqliteError error_of(sqlite3* database, int code, int system) {
  std::string words = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  if (system != 0) words.append(": ").append(std::generic_category().message(system));
  return {words, code & 0xFF};
}

int system_error(sqlite3* database, int code) {
  const int kind = code & 0xFF;
  if (kind != SQLITE_CANTOPEN && kind != SQLITE_IOERR) return 0;
  if (const int known = sqlite3_system_errno(database); known != 0) return known;
  int last = 0;  // of the file itself; SQLite does not look there after a COMMIT
  sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
  return last;
}

/// Why a file cannot be written to, 0 if it can. What SQLite keeps is of its second attempt, to read it at least.
int write_error(const std::filesystem::path& file) {
  std::error_code absent;
  const std::filesystem::path place = std::filesystem::exists(file, absent) ? file : file.parent_path();
  return ::access(place.empty() ? "." : place.c_str(), W_OK) == 0 ? 0 : errno;
}

[[noreturn]] void fail(sqlite3* database, int code) { throw error_of(database, code, system_error(database, code)); }

int bind(sqlite3_stmt* statement, int place, const SqliteValue& value) {
  return std::visit(
      [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::int64_t>) return sqlite3_bind_int64(statement, place, held);
        if constexpr (std::is_same_v<Held, double>) return sqlite3_bind_double(statement, place, held);
        if constexpr (std::is_same_v<Held, std::nullptr_t>) return sqlite3_bind_null(statement, place);
        if constexpr (std::is_same_v<Held, std::string_view>) {
          return sqlite3_bind_text64(statement, place, held.data(), held.size(), nullptr, SQLITE_UTF8);
        }
      },
      value);
}

}  // namespace

void SqliteStatement::Close::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteStatement::SqliteStatement(sqlite3* database, std::string_view text) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &statement, nullptr);
  if (code != SQLITE_OK) fail(database, code);
  statement_.reset(statement);
}

void SqliteStatement::run(std::initializer_list<SqliteValue> values) {
  begin(values);
  while (next()) {
  }
}

void SqliteStatement::begin(std::initializer_list<SqliteValue> values) {
  sqlite3_reset(statement_.get());
  int place = 0;
  for (const SqliteValue& value : values) {
    if (const int code = bind(statement_.get(), ++place, value); code != SQLITE_OK) {
      fail(sqlite3_db_handle(statement_.get()), code);
    }
  }
}

bool SqliteStatement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  const SqliteError error = error_of(database, code, system_error(database, code));
  sqlite3_reset(statement_.get());
  throw error;
}

std::string SqliteStatement::text(int column) const {
  const unsigned char* const text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return "";
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t SqliteStatement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

void SqliteDatabase::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

SqliteDatabase::SqliteDatabase(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);  // also after a failure
  if (code != SQLITE_OK) {
    const int refusal = write_error(file);
    throw error_of(handle, code, refusal != 0 ? refusal : system_error(handle, code));
  }
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
}

void SqliteDatabase::execute(const std::string& statements) {
  const int code = sqlite3_exec(handle_.get(), statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(handle_.get(), code);
}

std::optional<std::string> SqliteDatabase::text_of(std::string_view query, std::initializer_list<SqliteValue> values) {
  SqliteStatement statement = prepare(query);
  statement.begin(values);
  if (!statement.next()) return std::nullopt;
  return statement.text(0);
}

std::int64_t SqliteDatabase::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

void SqliteDatabase::roll_back() noexcept { sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr); }

}  // namespace baton::track
