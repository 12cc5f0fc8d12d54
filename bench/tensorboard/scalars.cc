// Usage: tensorboard_scalars FOLDER RECORDS
// Writes log records of 4 scalars each to an event file in FOLDER, as a worker feeds them to the tracker, and prints
// seconds of CPU time and bytes, as JSON.
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "src/track/tensorboard/tensorboard_tracker.h"

namespace {

using namespace baton;
using namespace baton::track;

constexpr std::int64_t kBatch = 1000;  // as many as a worker takes at once

class NoRemarks final : public Remarks {
 public:
  void remark(std::string_view, std::string) override {}
};

std::vector<Entry> batch(std::int64_t first) {
  std::vector<Entry> entries;
  for (std::int64_t step = first; step < first + kBatch; ++step) {
    const double x = static_cast<double>(step);
    entries.push_back({.sequence = static_cast<std::uint64_t>(step),
                       .time_ns = step * 1'000'000,
                       .step = step,
                       .values = {{"loss", 1 / x}, {"grad_norm", x}, {"learning_rate", 1e-3 / x}, {"epoch", x / 100}}});
  }
  return entries;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::int64_t records = std::stoll(argv[2]);
  const RunInfo run{.id = "bench", .output_dir = argv[1]};
  TensorBoardTracker tracker({.logging_dir = std::filesystem::path(argv[1])});
  NoRemarks remarks;
  Record memory;
  if (!tracker.start(run, remarks, memory).ok()) return 1;
  double seconds = 0.0;
  for (std::int64_t first = 1; first <= records; first += kBatch) {
    const std::vector<Entry> entries = batch(first);
    const double start = cpu_seconds();
    if (!tracker.write(entries).status.ok()) return 1;
    seconds += cpu_seconds() - start;
  }
  const std::filesystem::path file = std::filesystem::directory_iterator(argv[1])->path();
  std::cout << "{\"seconds\": " << seconds << ", \"bytes\": " << std::filesystem::file_size(file) << "}\n";
}
