#include "src/base/output_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/base/crc32.h"
#include "src/base/files.h"

namespace baton {
namespace {

constexpr std::size_t kBlock = 1U << 20U;  // still in the processor's cache between its checksum and its way out

}  // namespace

OutputFile::OutputFile(Disk& disk, std::filesystem::path path)
    : disk_(disk), path_(std::move(path)), descriptor_(disk.create(path_.c_str())) {
  if (descriptor_ < 0) fail();
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) disk_.close(descriptor_);
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::span block = bytes.first(std::min(bytes.size(), kBlock));
    const ssize_t count = disk_.write(descriptor_, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    const auto taken = static_cast<std::size_t>(count);
    crc32_ = baton::crc32(block.first(taken), crc32_);
    size_ += taken;
    bytes = bytes.subspan(taken);
  }
}

void OutputFile::finish() {
  if (disk_.fsync(descriptor_) != 0) fail();
  if (disk_.close(std::exchange(descriptor_, -1)) != 0) fail();
}

void OutputFile::fail() const { throw FileError("write", path_, errno); }

}  // namespace baton
