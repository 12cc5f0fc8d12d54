// OutputFile: a new file, written from begin to end.
#pragma once

#include <cstdint>
#include <filesystem>

#include "src/base/byte_sink.h"
#include "src/base/disk.h"

namespace baton {

/// Methods throw FileError naming the file. Not thread-safe.
class OutputFile final : public ByteSink {
 public:
  /// Replaces a file that is there. `disk` must outlive this.
  OutputFile(Disk& disk, std::filesystem::path path);
  /// Without finish() the content is whatever got there.
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  using ByteSink::write;
  void write(std::span<const std::byte> bytes) override;
  /// Waits until everything is on the disk. Nothing can be written after it.
  void finish();

  std::uint64_t size() const { return size_; }
  std::uint32_t crc32() const { return crc32_; }

 private:
  [[noreturn]] void fail() const;

  Disk& disk_;
  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
  std::uint32_t crc32_ = 0;
};

}  // namespace baton
