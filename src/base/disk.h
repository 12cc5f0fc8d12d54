// Disk: the system calls that change files. A seam: tests let each of them fail.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace baton {

/// Each method is the system call of its name, with its result and errno.
class Disk {
 public:
  virtual ~Disk() = default;

  /// An empty file to write to.
  virtual int create(const char* file);
  /// A file that was not there (else EEXIST), to append to.
  virtual int create_new(const char* file);
  /// A file to write to behind what is in it; made if it is not there.
  virtual int open_to_append(const char* file);
  /// A file or folder, to be synced.
  virtual int open(const char* path);
  /// May take less than it is given.
  virtual ssize_t write(int descriptor, const void* bytes, std::size_t size);
  virtual int truncate(int descriptor, std::size_t size);
  virtual int fsync(int descriptor);
  virtual int close(int descriptor);
  virtual int mkdir(const char* folder);
  virtual int rename(const char* from, const char* to);
  /// Two paths change places in one step. ENOSYS or EINVAL where the file system cannot.
  virtual int exchange(const char* one, const char* other);
  /// A file or an empty folder.
  virtual int remove(const char* path);
};

}  // namespace baton
