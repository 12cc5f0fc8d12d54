// WorkerTest: one run's journal, a worker driven by hand, and the sink that it feeds.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/track/journal/writer.h"
#include "src/track/run_status.h"
#include "src/track/worker.h"
#include "tests/fakes/fake_tracker.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {

class WorkerTest : public testing::Test {
 protected:
  /// A process that logs these steps into the run; after the first one it resumes at `from`.
  void log(std::vector<std::int64_t> steps, std::optional<RunStatus> end = std::nullopt, std::int64_t from = -1,
           double loss = 0.5) {
    JournalWriter writer(folder, disk, wall);
    if (from >= 0) writer.append(EntryKind::kRewind, from, {});
    writer.append(EntryKind::kBegin, 0, {{"run_id", "r"}});
    for (const std::int64_t step : steps) writer.append(EntryKind::kLog, step, {{"loss", loss}, {"x_runtime", clock}});
    ++clock;
    if (end) writer.append(EntryKind::kFinish, 0, {{"status", std::string(run_status_name(*end))}});
  }
  std::unique_ptr<Worker> worker() {
    return std::make_unique<Worker>(Worker::Parts{.run = {.id = "r", .folder = folder},
                                                  .tracker = std::make_unique<fakes::FakeTracker>(sink),
                                                  .key = "fake",
                                                  .remarks = remarks,
                                                  .disk = disk,
                                                  .random = [] { return 1.0; }});
  }
  /// Steps until there is nothing to do at this time.
  static Progress drive(Worker& worker, std::int64_t now = 0) {
    Progress progress;
    do progress = worker.step(now);
    while (progress.standing == Standing::kBehind);
    return progress;
  }
  Standing deliver() { return drive(*worker()).standing; }

  fakes::TemporaryFolder temporary;
  std::filesystem::path folder = temporary.path() / "run";
  Disk disk;
  fakes::ManualClock wall;
  fakes::FakeSink sink;
  fakes::RecordingRemarks remarks;
  double clock = 1.0;
};

}  // namespace baton::track
