#include "src/track/codecarbon/system_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace baton::track::carbon {

namespace {

bool read_all(int descriptor, std::string& text) {
  std::array<char, 1 << 14> block;
  for (;;) {
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count == 0) return true;
    if (count > 0) text.append(block.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) return false;
  }
}

}  // namespace

std::optional<std::string> read_system_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::string text;
  const bool is_read = read_all(descriptor, text);
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (!is_read) return std::nullopt;
  return text;
}

std::optional<std::uint64_t> read_count(const std::filesystem::path& path) {
  const std::optional<std::string> text = read_system_file(path);
  if (!text) return std::nullopt;
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (error != std::errc()) return std::nullopt;
  return count;
}

bool is_forbidden(const std::filesystem::path& path) {
  return !read_system_file(path) && (errno == EACCES || errno == EPERM);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace baton::track::carbon
