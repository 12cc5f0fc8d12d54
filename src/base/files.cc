#include "src/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace baton {
namespace {

/// An open file descriptor.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, std::string_view action) : path_(path), action_(action) {
    fd_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    if (fd_ < 0) fail();
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  std::size_t read(char* to, std::size_t size) {
    for (;;) {
      const ssize_t count = ::read(fd_, to, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) fail();
    }
  }
  void write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t count = ::write(fd_, content.data(), content.size());
      if (count < 0 && errno != EINTR) fail();
      if (count > 0) content.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void sync() {
    if (::fsync(fd_) != 0) fail();
  }
  void close() {
    if (::close(std::exchange(fd_, -1)) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const { throw FileError(action_, path_, errno); }

  std::filesystem::path path_;
  std::string_view action_;
  int fd_ = -1;
};

}  // namespace

FileError::FileError(std::string_view action, const std::filesystem::path& path, int system_error)
    : Error("Cannot " + std::string(action) + " " + path.string() + ": " +
            std::generic_category().message(system_error)) {}

std::string read_file(const std::filesystem::path& path) {
  Descriptor file(path, O_RDONLY, "read");
  std::string content;
  std::array<char, 1 << 16> block;
  while (const std::size_t count = file.read(block.data(), block.size())) content.append(block.data(), count);
  return content;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, "write");
  file.write(content);
  file.sync();
  file.close();
}

void sync_path(const std::filesystem::path& path) { Descriptor(path, O_RDONLY, "sync").sync(); }

}  // namespace baton
