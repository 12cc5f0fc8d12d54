// steps_only N: N steps of the loop and nothing else, for counting instructions:
//   valgrind --tool=callgrind build/bin/steps_only 20000
#include <cstdlib>

#include "bench/dry_run.h"

int main(int argc, char** argv) {
  baton::bench::DryRun(argc > 1 ? std::atoll(argv[1]) : 20'000).train();
  return 0;
}
