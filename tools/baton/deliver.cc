#include "tools/baton/deliver.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "src/track/outbox.h"
#include "tools/baton/listing.h"

namespace baton::tools {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

std::int64_t now_ns() {
  return std::chrono::duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string progress_text(const track::Worker& worker) {
  return worker.key() + ": " + grouped(worker.delivered()) + " of " + grouped(worker.last_entry()) + " records";
}

/// Steps until the worker has nothing to do, or was down for too long without getting anywhere.
track::Standing drive(track::Worker& worker, const DeliverOptions& options, std::ostream& out) {
  const auto patience = static_cast<std::int64_t>(options.patience_seconds * 1e9);
  std::int64_t since = now_ns();
  while (true) {
    const std::uint64_t before = worker.delivered();
    const track::Progress progress = worker.step(now_ns());
    if (worker.delivered() != before) since = now_ns();
    if (options.shows_progress) out << '\r' << progress_text(worker) << "\033[K" << std::flush;
    if (progress.standing == track::Standing::kWaiting) {
      if (progress.next_ns - since > patience) return progress.standing;
      std::this_thread::sleep_until(steady_clock::time_point(nanoseconds(progress.next_ns)));
    } else if (progress.standing != track::Standing::kBehind) {
      return progress.standing;
    }
  }
}

std::string verdict(const track::Worker& worker, track::Standing standing) {
  const std::string refused =
      worker.refused() > 0 ? ", " + grouped(static_cast<std::uint64_t>(worker.refused())) + " refused" : "";
  switch (standing) {
    case track::Standing::kDone:
      return progress_text(worker) + refused + ", the run's end included";
    case track::Standing::kIdle:
      return progress_text(worker) + refused + "; the run goes on";
    default:
      return progress_text(worker) + refused + ": the rest stays in the journal";
  }
}

}  // namespace

bool deliver(const track::RunInfo& run, std::vector<std::unique_ptr<track::Worker>> workers,
             track::RemarkBoard& remarks, const DeliverOptions& options, std::ostream& out) {
  out << "run " << run.id << (run.name.empty() ? "" : " (" + run.name + ")") << '\n';
  bool all = true;
  if (workers.empty()) out << "  no tracker\n";
  for (const auto& worker : workers) {
    const track::Standing standing = drive(*worker, options, out);
    if (options.shows_progress) out << "\r\033[K";
    out << "  " << verdict(*worker, standing) << '\n';
    all &= standing == track::Standing::kDone || standing == track::Standing::kIdle;
  }
  std::uint64_t settled = std::numeric_limits<std::uint64_t>::max();
  for (const auto& worker : workers) {
    if (worker->takes_artifacts()) settled = std::min(settled, worker->settled());
  }
  track::Outbox(run.folder, 0).release(settled);
  for (const Notice& notice : remarks.take()) {
    out << "  " << notice.text << '\n';
    all &= !notice.id.starts_with("tracker_stopped");
  }
  return all;
}

}  // namespace baton::tools
