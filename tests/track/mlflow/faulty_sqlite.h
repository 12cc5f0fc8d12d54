// FaultySqlite: as long as it lives, SQLite's files are on a disk on which one call fails, or all from one on.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <string>

namespace baton::fakes {

enum class SqliteFault {
  kNone,
  kInputOutput,  ///< the call fails with SQLITE_IOERR, once
  kFull,         ///< from the call on there is no room for what is written
  kReadOnly      ///< from the call on files can be opened to be read only; new ones cannot be made
};

/// Counts what changes files, from 1: opening, writing, cutting and syncing.
class FaultySqlite {
 public:
  FaultySqlite() : real_(sqlite3_vfs_find(nullptr)) {
    vfs_.face = *real_;
    vfs_.face.zName = "faulty";
    vfs_.face.xOpen = open;
    vfs_.owner = this;
    sqlite3_vfs_register(&vfs_.face, 1);
  }
  ~FaultySqlite() { sqlite3_vfs_unregister(&vfs_.face); }
  FaultySqlite(const FaultySqlite&) = delete;
  FaultySqlite& operator=(const FaultySqlite&) = delete;

  void fail(SqliteFault fault, std::int64_t call) {
    fault_ = fault;
    call_ = call;
    calls_ = 0;
  }
  /// From now on nothing fails.
  void repair() { fault_ = SqliteFault::kNone; }
  std::int64_t calls() const { return calls_; }

 private:
  struct Vfs {
    sqlite3_vfs face;
    FaultySqlite* owner;
  };
  /// In the place of a file's methods.
  struct Methods {
    sqlite3_io_methods face;
    const sqlite3_io_methods* real;
    FaultySqlite* owner;
  };

  int next(SqliteFault lasting, int code) {
    ++calls_;
    if (fault_ == SqliteFault::kInputOutput && calls_ == call_) return SQLITE_IOERR;
    return fault_ == lasting && calls_ >= call_ ? code : SQLITE_OK;
  }
  Methods& methods_of(const sqlite3_io_methods* real) {
    const auto [place, is_new] = methods_.try_emplace(real, Methods{*real, real, this});
    if (is_new) {
      place->second.face.xWrite = write;
      place->second.face.xTruncate = truncate;
      place->second.face.xSync = sync;
    }
    return place->second;
  }
  static Methods& methods(sqlite3_file* file) {
    return *reinterpret_cast<Methods*>(const_cast<sqlite3_io_methods*>(file->pMethods));
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    FaultySqlite& owner = *reinterpret_cast<Vfs*>(vfs)->owner;
    file->pMethods = nullptr;
    const int fault = owner.next(SqliteFault::kReadOnly, SQLITE_READONLY);
    if (fault == SQLITE_IOERR) return SQLITE_CANTOPEN;
    constexpr int kWriting = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (fault == SQLITE_READONLY) flags = (flags & ~kWriting) | SQLITE_OPEN_READONLY;
    const int code = owner.real_->xOpen(owner.real_, name, file, flags, out);
    if (code == SQLITE_OK) file->pMethods = &owner.methods_of(file->pMethods).face;
    return code;
  }
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 place) {
    const Methods& own = methods(file);
    const int fault = own.owner->next(SqliteFault::kFull, SQLITE_FULL);
    return fault != SQLITE_OK ? fault : own.real->xWrite(file, bytes, size, place);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const Methods& own = methods(file);
    const int fault = own.owner->next(SqliteFault::kNone, SQLITE_OK);
    return fault != SQLITE_OK ? fault : own.real->xTruncate(file, size);
  }
  static int sync(sqlite3_file* file, int flags) {
    const Methods& own = methods(file);
    const int fault = own.owner->next(SqliteFault::kNone, SQLITE_OK);
    return fault != SQLITE_OK ? fault : own.real->xSync(file, flags);
  }

  sqlite3_vfs* real_;
  Vfs vfs_{};
  std::map<const sqlite3_io_methods*, Methods> methods_;
  SqliteFault fault_ = SqliteFault::kNone;
  std::int64_t call_ = 0;
  std::int64_t calls_ = 0;
};

}  // namespace baton::fakes
