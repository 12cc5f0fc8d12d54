#include "src/track/abandoned.h"

#include <utility>

#include "baton/core/errors.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/writer.h"
#include "src/track/run_folders.h"
#include "src/track/run_status.h"

namespace baton::track {

bool close_if_abandoned(const std::filesystem::path& run_folder, RunServices& services) {
  if (const auto last = last_entry(run_folder); !last || last->kind == EntryKind::kFinish) return false;
  try {
    JournalWriter journal(run_folder, *services.disk, *services.wall);
    return journal.append(EntryKind::kFinish, 0, {{"status", std::string(run_status_name(RunStatus::kKilled))}});
  } catch (const Error&) {  // it is alive
    return false;
  }
}

std::vector<AbandonedRun> close_abandoned_runs(const std::filesystem::path& output_dir, const std::string& current,
                                               RemarkBoard& remarks, RunServices& services) {
  std::vector<AbandonedRun> abandoned;
  for (const std::filesystem::path& folder : run_folders(output_dir)) {
    if (folder.filename() == current || !close_if_abandoned(folder, services)) continue;
    const std::optional<RunInfo> info = run_info(folder);
    if (!info) continue;
    AbandonedRun run{*info, std::make_unique<Crew>(remarks)};
    for (auto& worker : earlier_workers(*info, remarks, services)) run.crew->add(std::move(worker));
    abandoned.push_back(std::move(run));
  }
  return abandoned;
}

}  // namespace baton::track
