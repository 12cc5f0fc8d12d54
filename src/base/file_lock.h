// FileLock: keeps other processes away from something for as long as it lives.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace baton {

class FileLock {
 public:
  /// Nothing if another process, or another FileLock of this one, holds it. The file stays behind. Throws FileError if
  /// it cannot be made.
  static std::optional<FileLock> try_lock(const std::filesystem::path& file);
  /// Who holds the lock, "process 4711 on host", as far as the file tells.
  static std::string holder(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace baton
