#include "examples/fashion_mnist/idx.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace fashion_mnist {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;
constexpr std::uint64_t kMostElements = std::uint64_t{1} << 31U;

/// Reads plain and compressed files alike.
class File {
 public:
  explicit File(const std::filesystem::path& path) : name_(path.string()), file_(gzopen(path.c_str(), "rb"), &gzclose) {
    if (!file_) fail("cannot be opened");
  }

  [[noreturn]] void fail(std::string_view problem, std::string_view part = {}) const {
    std::string message = name_;
    message.append(": ").append(problem).append(part);
    throw DataError(message);
  }

  void read(std::uint8_t* into, std::size_t size, const char* what) {
    while (size > 0) {
      const auto part = static_cast<unsigned>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
      const int count = gzread(file_.get(), into, part);
      if (count <= 0) fail("ends or is damaged within its ", what);
      into += count;
      size -= static_cast<std::size_t>(count);
    }
  }

  /// A damaged checksum of gzip shows here too.
  void expect_end() {
    std::uint8_t extra = 0;
    if (gzread(file_.get(), &extra, 1) > 0) fail("is longer than its header says");
    int status = Z_OK;
    gzerror(file_.get(), &status);
    if (status != Z_OK) fail("is cut off or damaged: its checksum is wrong");
  }

 private:
  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

std::filesystem::path existing(const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) return path;
  const std::filesystem::path compressed = path.string() + ".gz";
  if (std::filesystem::exists(compressed)) return compressed;
  throw DataError(path.string() + ": there is no such file, with or without .gz");
}

}  // namespace

Idx read_idx(const std::filesystem::path& path, std::size_t dimensions) {
  File file(existing(path));
  std::array<std::uint8_t, 4> magic{};
  file.read(magic.data(), magic.size(), "header");
  if (magic[0] != 0 || magic[1] != 0 || magic[2] != kUnsignedByte || magic[3] != dimensions) {
    file.fail("is no idx file of unsigned bytes with " + std::to_string(dimensions) + " dimensions");
  }
  Idx idx;
  std::uint64_t size = 1;
  for (std::size_t i = 0; i < dimensions; ++i) {
    std::array<std::uint8_t, 4> extent{};
    file.read(extent.data(), extent.size(), "header");
    idx.shape.push_back((std::int64_t{extent[0]} << 24) + (extent[1] << 16) + (extent[2] << 8) + extent[3]);
    size *= static_cast<std::uint64_t>(idx.shape.back());
    if (size > kMostElements) file.fail("claims to have more than 2 GiB of elements");
  }
  idx.elements.resize(size);
  file.read(idx.elements.data(), size, "elements");
  file.expect_end();
  return idx;
}

}  // namespace fashion_mnist
