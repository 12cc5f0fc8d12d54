// RecordFile: a new file that grows by whole records only, whatever the disk does.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "baton/track/status.h"
#include "src/base/disk.h"

namespace baton::tensorboard {

/// kTemporary or, where only a person can help (permissions, a read-only disk), kUnusable; names the path.
track::Status file_fault(std::string_view action, const std::filesystem::path& path, int system_error);

/// Not thread-safe.
class RecordFile {
 public:
  /// `disk` must outlive this.
  explicit RecordFile(Disk& disk) : disk_(disk) {}
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  /// Makes `<stem>.<n><suffix>` with the first n, from 0 on, for which there is no file yet, and its folder.
  track::Status create(const std::filesystem::path& stem, const std::string& suffix);
  /// All of it gets into the file or, with a fault, none.
  track::Status append(std::string_view records);

  bool is_open() const { return descriptor_ >= 0; }
  const std::filesystem::path& path() const { return path_; }

 private:
  track::Status cut_back();

  Disk& disk_;
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::size_t size_ = 0;  ///< of the whole records
  bool torn_ = false;     ///< a part of a record may follow them
};

}  // namespace baton::tensorboard
