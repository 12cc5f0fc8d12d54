#include "src/track/tensorboard/record_file.h"

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <system_error>

#include "src/base/files.h"

namespace baton::tensorboard {

namespace fs = std::filesystem;
using track::Status;

Status file_fault(std::string_view action, const fs::path& path, int system_error) {
  const std::initializer_list<int> lasting = {EACCES, EPERM, EROFS, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP};
  std::string reason = FileError(action, path, system_error).what();
  const bool lasts = std::find(lasting.begin(), lasting.end(), system_error) != lasting.end();
  return lasts ? Status::unusable(std::move(reason)) : Status::temporary(std::move(reason));
}

RecordFile::~RecordFile() {
  if (is_open()) disk_.close(descriptor_);
}

Status RecordFile::create(const fs::path& stem, const std::string& suffix) {
  const fs::path folder = stem.parent_path();
  std::error_code error;
  if (!folder.empty() && !fs::is_directory(folder, error)) {
    fs::create_directories(folder, error);
    if (error) return file_fault("make the folder", folder, error.value());
  }
  for (int number = 0;; ++number) {
    path_ = stem;
    path_ += "." + std::to_string(number) + suffix;
    descriptor_ = disk_.create_new(path_.c_str());
    if (is_open()) return {};
    if (errno != EEXIST) return file_fault("write", path_, errno);
  }
}

Status RecordFile::append(std::string_view records) {
  if (Status cut = cut_back(); !cut.ok()) return cut;
  for (std::string_view rest = records; !rest.empty();) {
    const ssize_t count = disk_.write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      torn_ = rest.size() < records.size();
      (void)cut_back();  // or before the next records
      return file_fault("write", path_, error);
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  size_ += records.size();
  return {};
}

Status RecordFile::cut_back() {
  if (torn_ && disk_.truncate(descriptor_, size_) != 0) return file_fault("cut back", path_, errno);
  torn_ = false;
  return {};
}

}  // namespace baton::tensorboard
