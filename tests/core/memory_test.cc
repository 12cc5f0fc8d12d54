#include "baton/core/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <vector>

namespace baton {
namespace {

constexpr std::size_t kBytes = 16 << 20;

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/// Page faults of using so much memory for the second time.
long faults_of_second_use() {
  { const std::vector<char> first(kBytes, 1); }
  const long before = page_faults();
  const std::vector<char> second(kBytes, 1);
  return page_faults() - before;
}

void exit_with_faults(bool keep) {
  if (keep) keep_freed_memory();
  const bool few = faults_of_second_use() < 100;
  std::_Exit(few ? 0 : 1);
}

// Each in a process of its own, because there is no way back.
TEST(MemoryDeathTest, KeepsFreedMemory) { EXPECT_EXIT(exit_with_faults(true), testing::ExitedWithCode(0), ""); }

TEST(MemoryDeathTest, LeavesATunedAllocatorAlone) {
  EXPECT_EXIT(
      {
        setenv("MALLOC_TRIM_THRESHOLD_", "131072", 1);
        exit_with_faults(true);
      },
      testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace baton
