// report_page FILE: writes the report of a run that was made up.
#include <cmath>
#include <fstream>
#include <vector>

#include "src/track/report/report.h"

using namespace baton;
using namespace baton::track;

namespace {

std::vector<Entry> entries_of_a_run() {
  std::vector<Entry> entries;
  const auto add = [&](EntryKind kind, std::int64_t step, Record values) {
    entries.push_back({.kind = kind,
                       .sequence = entries.size() + 1,
                       .time_ns = 1'700'000'000'000'000'000 + step * 1'000'000,
                       .step = step,
                       .values = std::move(values)});
  };
  add(EntryKind::kBegin, 0, {{"run_id", "r1"}, {"name", "a run"}, {"host", "box"}});
  add(EntryKind::kParams, 0, {{"args", Record{{"learning_rate", 1e-3}}}});
  for (int step = 1; step <= 1000; ++step) {
    add(EntryKind::kLog, step, {{"loss", 2.0 / std::sqrt(step)}, {"learning_rate", 1e-3 * (1 - step / 1000.0)}});
    if (step % 100 == 0) add(EntryKind::kLog, step, {{"eval_loss", 2.5 / std::sqrt(step)}, {"eval_runtime", 1.0}});
  }
  add(EntryKind::kTimes, 1000, {{"forward", 3.0}, {"backward", 6.0}, {"callbacks", Record{{"Printer", 1.0}}}});
  add(EntryKind::kFinish, 0, {{"status", "finished"}});
  return entries;
}

}  // namespace

int main(int, char** argv) {
  const std::vector<Entry> entries = entries_of_a_run();
  std::ofstream(argv[1]) << report_html({entries});
}
