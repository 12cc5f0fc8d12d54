#include "src/track/crew.h"

#include <algorithm>
#include <limits>
#include <system_error>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/track/registry.h"
#include "src/track/tracker_note.h"

namespace baton::track {
namespace {

TrackerNote readable_note(const std::filesystem::path& file) {
  try {
    return read_note(file).value_or(TrackerNote{});
  } catch (const FileError&) {
    throw;
  } catch (const Error& damage) {
    throw Error(std::string(damage.what()) +
                "; it told where to deliver: remove it, then \"baton backfill\" shows the run in that tracker anew");
  }
}

std::unique_ptr<Worker> earlier_worker(const RunInfo& run, const std::filesystem::path& file, RemarkBoard& remarks,
                                       RunServices& services) {
  const TrackerNote note = readable_note(file);
  const TrackerKind* kind = find_tracker_kind(note.tracker);
  if (kind == nullptr) throw Error(file.string() + ": no tracker here is called \"" + note.tracker + "\"");
  if (kind->tracker == nullptr) throw Error(file.string() + ": " + kind->problem(*services.environment));
  return make_worker(run, kind->tracker(note.options, *services.environment), file.stem().string(), remarks, services);
}

}  // namespace

void Crew::add(std::unique_ptr<Worker> worker) {
  const std::string key = worker->key();
  worker->introduce();
  try {
    threads_.push_back(std::make_unique<WorkerThread>(std::move(worker)));
  } catch (const std::system_error& error) {
    remarks_.remark("tracker_stopped:" + key, key + " gets nothing from this process: " + error.what());
  }
}

std::vector<std::string> Crew::finish(double seconds) {
  constexpr double kLongest = 1e9;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                             std::chrono::duration<double>(std::clamp(seconds, 0.0, kLongest)));
  for (const auto& thread : threads_) thread->finish();
  std::vector<std::string> late;
  for (const auto& thread : threads_) {
    if (!thread->wait_until(deadline)) late.push_back(thread->worker().key());
  }
  return late;
}

bool Crew::takes_artifacts() const {
  return std::any_of(threads_.begin(), threads_.end(), [](const auto& t) { return t->worker().takes_artifacts(); });
}

std::uint64_t Crew::settled() const {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const auto& thread : threads_) {
    if (thread->worker().takes_artifacts()) least = std::min(least, thread->worker().settled());
  }
  return least;
}

std::unique_ptr<Worker> make_worker(const RunInfo& run, std::unique_ptr<Tracker> tracker, std::string key,
                                    RemarkBoard& remarks, RunServices& services) {
  return std::make_unique<Worker>(Worker::Parts{.run = run,
                                                .tracker = std::move(tracker),
                                                .key = std::move(key),
                                                .remarks = remarks,
                                                .disk = *services.disk,
                                                .random = services.random});
}

std::vector<std::unique_ptr<Worker>> earlier_workers(const RunInfo& run, RemarkBoard& remarks, RunServices& services) {
  std::vector<std::unique_ptr<Worker>> workers;
  std::error_code absent;
  for (const auto& file : std::filesystem::directory_iterator(run.folder / "trackers", absent)) {
    if (file.path().extension() != ".json") continue;
    const std::string key = file.path().stem().string();
    try {
      workers.push_back(earlier_worker(run, file.path(), remarks, services));
    } catch (const std::exception& error) {
      remarks.remark("tracker_stopped:" + key, error.what());
    }
  }
  return workers;
}

}  // namespace baton::track
