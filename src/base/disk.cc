#include "src/base/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace baton {

int Disk::create(const char* file) { return ::open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); }
int Disk::create_new(const char* file) {
  return ::open(file, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
}
int Disk::open_to_append(const char* file) { return ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666); }
int Disk::open(const char* path) { return ::open(path, O_RDONLY | O_CLOEXEC); }
ssize_t Disk::write(int descriptor, const void* bytes, std::size_t size) { return ::write(descriptor, bytes, size); }
int Disk::truncate(int descriptor, std::size_t size) { return ::ftruncate(descriptor, static_cast<off_t>(size)); }
int Disk::fsync(int descriptor) { return ::fsync(descriptor); }
int Disk::close(int descriptor) { return ::close(descriptor); }
int Disk::mkdir(const char* folder) { return ::mkdir(folder, 0777); }
int Disk::rename(const char* from, const char* to) { return ::rename(from, to); }
int Disk::exchange(const char* one, const char* other) {
  return ::renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}
int Disk::remove(const char* path) { return ::remove(path); }

}  // namespace baton
