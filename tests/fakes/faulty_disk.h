// FaultyDisk: a disk on which one system call fails, or all that need space from one on.
#pragma once

#include <cerrno>
#include <cstdint>

#include "src/base/disk.h"

namespace baton::fakes {

enum class DiskFault {
  kNone,
  kInputOutput,    ///< the call fails with EIO, once
  kShortWrite,     ///< if the call is a write it takes half of what it is given, once
  kFull,           ///< from the call on, whatever needs space fails with ENOSPC; a write takes half of it first
  kCannotExchange  ///< as on file systems without renameat2
};

/// Counts the calls, from 1.
class FaultyDisk final : public Disk {
 public:
  FaultyDisk(DiskFault fault, std::int64_t call) : fault_(fault), call_(call) {}
  std::int64_t calls() const { return calls_; }
  /// From now on nothing fails.
  void repair() { fault_ = DiskFault::kNone; }

  int create(const char* file) override { return fails(true) ? -1 : Disk::create(file); }
  int create_new(const char* file) override { return fails(true) ? -1 : Disk::create_new(file); }
  int open_to_append(const char* file) override { return fails(true) ? -1 : Disk::open_to_append(file); }
  int open(const char* path) override { return fails(false) ? -1 : Disk::open(path); }
  ssize_t write(int descriptor, const void* bytes, std::size_t size) override {
    const bool at_call = calls_ + 1 == call_;
    const bool is_short = at_call && size > 1 && (fault_ == DiskFault::kShortWrite || fault_ == DiskFault::kFull);
    if (!is_short) return fails(true) ? -1 : Disk::write(descriptor, bytes, size);
    ++calls_;
    return Disk::write(descriptor, bytes, size / 2);
  }
  int truncate(int descriptor, std::size_t size) override {
    return fails(false) ? -1 : Disk::truncate(descriptor, size);
  }
  int fsync(int descriptor) override { return fails(false) ? -1 : Disk::fsync(descriptor); }
  int close(int descriptor) override {
    const int result = Disk::close(descriptor);  // as in Linux: it is closed also when it fails
    return fails(false) ? -1 : result;
  }
  int mkdir(const char* folder) override { return fails(true) ? -1 : Disk::mkdir(folder); }
  int rename(const char* from, const char* to) override { return fails(false) ? -1 : Disk::rename(from, to); }
  int exchange(const char* one, const char* other) override {
    if (fails(false)) return -1;
    if (fault_ != DiskFault::kCannotExchange) return Disk::exchange(one, other);
    errno = EINVAL;
    return -1;
  }
  int remove(const char* path) override { return fails(false) ? -1 : Disk::remove(path); }

 private:
  bool fails(bool needs_space) {
    ++calls_;
    const bool out_of_order = fault_ == DiskFault::kInputOutput && calls_ == call_;
    const bool full = fault_ == DiskFault::kFull && calls_ >= call_ && needs_space;
    if (out_of_order || full) errno = full ? ENOSPC : EIO;
    return out_of_order || full;
  }

  DiskFault fault_;
  std::int64_t call_;
  std::int64_t calls_ = 0;
};

}  // namespace baton::fakes
