// A folder, maybe a git repository with one commit in it, and a DVCLive tracker that is fed by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/disk.h"
#include "src/track/dvclive/dvclive_tracker.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {

/// Of the files that tell the extension of VS Code about a run.
inline const std::string kMarks = std::string(".dvc/").append("tmp/exps/run");

class KeptRemarks final : public Remarks {
 public:
  void remark(std::string_view id, std::string text) override { all[std::string(id)] = std::move(text); }
  std::map<std::string, std::string> all;
};

/// Makes a git repository with the file tracked.txt ("before") in its only commit. The commit's id.
std::string make_git_repository(const std::filesystem::path& folder);
/// The file in a commit; "(none)" if it is not there.
std::string file_in_commit(const std::filesystem::path& repository, const std::string& commit, const std::string& path);
/// The commit of a reference, such as refs/exps/...; empty if there is none.
std::string commit_of(const std::filesystem::path& repository, const std::string& reference);

class DVCLiveTest : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  /// The file's content; "(none)" if it is not there.
  std::string text(const std::string& name) const;
  void put(const std::string& name, std::string_view content) const;

  DVCLiveOptions options() const;
  std::unique_ptr<DVCLiveTracker> tracker(DVCLiveOptions options, std::unique_ptr<Disk> disk) const;
  /// One that has been started, as in a process of its own.
  std::unique_ptr<DVCLiveTracker> started(DVCLiveOptions options);
  std::unique_ptr<DVCLiveTracker> started() { return started(options()); }

  Entry entry(EntryKind kind, std::int64_t step, Record values) { return {kind, 0, ++sequence_, 0, step, values}; }
  Entry log(std::int64_t step, Record values) { return entry(EntryKind::kLog, step, std::move(values)); }
  /// Writes one entry, which must succeed.
  static void feed(Tracker& tracker, const Entry& entry);

  fakes::TemporaryFolder folder_;
  RunInfo run_{"20261122-101530-1f2e3d", {}, {}, {}, folder_.path() / "run", 0, 0};
  KeptRemarks remarks_;
  Record memory_;
  std::uint64_t sequence_ = 0;
};

}  // namespace baton::track
