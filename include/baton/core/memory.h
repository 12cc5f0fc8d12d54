// What becomes of memory that a step has done with.
#pragma once

namespace baton {

/// Lets the C library keep freed memory for the next step. Left alone it gives much of it back to the system after each
/// step and gets it again page by page in the next one. Holds for the whole process, in blocks of up to 32 MiB, up to
/// 512 MiB altogether; baton::run calls it. Does nothing if the environment tunes the allocator (GLIBC_TUNABLES,
/// MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_) or the C library is not glibc.
void keep_freed_memory();

}  // namespace baton
