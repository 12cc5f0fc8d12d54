// A gate of its own, because it replaces operator new: a step of the loop allocates nothing.
#include <cstdio>
#include <cstdlib>
#include <new>

#include "bench/dry_run.h"

namespace {

std::int64_t allocations = 0;

std::int64_t allocations_of(std::int64_t steps) {
  baton::bench::DryRun run(steps);
  const std::int64_t before = allocations;
  run.train();
  return allocations - before;
}

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
  // Both runs lie within one epoch, so that only their steps differ.
  const std::int64_t few = allocations_of(100);
  const std::int64_t many = allocations_of(1000);
  std::printf("%lld allocations in a run of 100 steps, %lld in one of 1000\n", static_cast<long long>(few),
              static_cast<long long>(many));
  return many == few && few > 0 ? 0 : 1;
}
