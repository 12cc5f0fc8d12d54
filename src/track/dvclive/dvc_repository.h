// DvcRepository: a folder with .dvc in it, as far as DVCLive touches it: its cache, and the marks by which the
// extension of VS Code sees a running experiment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "src/base/disk.h"

namespace baton::track {

class DvcRepository {
 public:
  /// The one that `inside` lies in.
  static std::optional<DvcRepository> find(const std::filesystem::path& inside);
  /// As `dvc init` does: empty settings and what git is to ignore. Throws FileError.
  static DvcRepository make(Disk& disk, const std::filesystem::path& root);

  const std::filesystem::path& root() const { return root_; }
  /// Where the content of a file with this md5 belongs; cache.dir of the repository's settings counts.
  std::filesystem::path cache_file(std::string_view md5) const;

  // The marks. They tell the process's id and are only hints, so what fails about them is not told.
  void mark_started(Disk& disk, std::string_view experiment) const;
  void mark_step(Disk& disk, std::int64_t step) const;
  /// Also those of a process that was killed.
  void remove_marks(Disk& disk) const;

 private:
  explicit DvcRepository(std::filesystem::path root);

  std::filesystem::path root_;
  std::filesystem::path cache_;
};

}  // namespace baton::track
