#include "baton/core/memory.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace baton {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kMiB = 1 << 20;
  constexpr std::array kTuning = {"GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"};
  if (std::any_of(kTuning.begin(), kTuning.end(), [](const char* name) { return std::getenv(name) != nullptr; }))
    return;
  // glibc itself goes up to 32 MiB for blocks, as it meets them. Setting one of the two fixes the other.
  mallopt(M_MMAP_THRESHOLD, 32 * kMiB);
  mallopt(M_TRIM_THRESHOLD, 512 * kMiB);
#endif
}

}  // namespace baton
