#include "src/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "src/base/output_file.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

/// A file to read.
class InputFile {
 public:
  explicit InputFile(const fs::path& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail();
  }
  ~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::size_t read(std::byte* to, std::size_t size) {
    for (;;) {
      const ssize_t count = ::read(descriptor_, to, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) fail();
    }
  }

 private:
  [[noreturn]] void fail() const { throw FileError("read", path_, errno); }

  const fs::path& path_;
  int descriptor_;
};

fs::path parent_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

}  // namespace

FileError::FileError(std::string_view action, const fs::path& path, int system_error)
    : Error("Cannot " + std::string(action) + " " + path.string() + ": " +
            std::generic_category().message(system_error)) {}

std::string read_file(const fs::path& path) {
  std::string content;
  read_blocks(path, [&](std::span<const std::byte> block) {
    content.append(reinterpret_cast<const char*>(block.data()), block.size());
  });
  return content;
}

void read_blocks(const fs::path& path, const std::function<void(std::span<const std::byte>)>& take) {
  InputFile file(path);
  std::vector<std::byte> block(1 << 18);
  while (const std::size_t count = file.read(block.data(), block.size())) take(std::span(block).first(count));
}

void write_file(const fs::path& path, std::string_view content) {
  Disk disk;
  OutputFile file(disk, path);
  file.write(content);
  file.finish();
}

void replace_file(const fs::path& path, const std::function<void(ByteSink&)>& content) {
  Disk disk;
  const fs::path partial = path.string() + ".partial";
  try {
    OutputFile file(disk, partial);
    content(file);
    file.finish();
    rename_path(disk, partial, path);
    sync_path(disk, parent_of(path));
  } catch (...) {
    disk.remove(partial.c_str());
    throw;
  }
}

void swap_file(Disk& disk, const fs::path& path, std::string_view content) {
  const fs::path partial = path.string() + ".partial";
  try {
    OutputFile(disk, partial).write(content);
    rename_path(disk, partial, path);
  } catch (...) {
    disk.remove(partial.c_str());
    throw;
  }
}

void sync_path(Disk& disk, const fs::path& path) {
  const int descriptor = disk.open(path.c_str());
  if (descriptor < 0) throw FileError("sync", path, errno);
  int error = disk.fsync(descriptor) == 0 ? 0 : errno;
  if (error == EINVAL && fs::is_directory(path)) error = 0;  // some network file systems sync no folders
  disk.close(descriptor);                                    // nothing was written through it
  if (error != 0) throw FileError("sync", path, error);
}

void rename_path(Disk& disk, const fs::path& from, const fs::path& to) {
  if (disk.rename(from.c_str(), to.c_str()) != 0) throw FileError("rename " + from.string() + " to", to, errno);
}

void make_folders(Disk& disk, const fs::path& folder) {
  std::error_code ignored;
  if (folder.empty() || fs::is_directory(folder, ignored)) return;
  make_folders(disk, folder.parent_path());
  if (disk.mkdir(folder.c_str()) == 0) return sync_path(disk, parent_of(folder));
  const int error = errno;
  if (error != EEXIST || !fs::is_directory(folder, ignored)) throw FileError("make the folder", folder, error);
}

void remove_path(Disk& disk, const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(fs::symlink_status(path, ignored))) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) remove_path(disk, entry.path());
  }
  if (disk.remove(path.c_str()) != 0 && errno != ENOENT) throw FileError("remove", path, errno);
}

}  // namespace baton
