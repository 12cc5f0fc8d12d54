// MappedFile: the content of a file as memory, read from the disk where and when it is looked at.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace baton {

/// The file must not be shortened while it is mapped: looking at what is gone raises SIGBUS.
class MappedFile {
 public:
  /// Throws FileError.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace baton
