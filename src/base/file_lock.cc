#include "src/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "src/base/files.h"
#include "src/base/host_name.h"

namespace baton {

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) throw FileError("open", file, errno);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    throw FileError("lock", file, errno);
  }
  const std::string holder = "process " + std::to_string(::getpid()) + " on " + host_name() + "\n";
  // What cannot be written is missing in a message only.
  if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, holder.data(), holder.size(), 0) < 0) errno = 0;
  return lock;
}

std::string FileLock::holder(const std::filesystem::path& file) {
  try {
    std::string text = read_file(file);
    if (const std::size_t end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
  } catch (const FileError&) {  // another process
  }
  return "another process";
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace baton
