#include "src/track/dvclive/dvclive_tracker.h"

#include <system_error>
#include <utility>
#include <vector>

#include "src/base/files.h"
#include "src/track/dvclive/artifacts.h"
#include "src/track/dvclive/dvc_yaml.h"
#include "src/track/dvclive/experiment_name.h"
#include "src/track/text_in.h"

namespace baton::track {

namespace fs = std::filesystem;

namespace {

fs::path settled(const fs::path& path) {
  std::error_code ignored;
  return fs::weakly_canonical(path, ignored);
}

/// DVCLive's files for git. The content of artifacts is DVC's, git gets what points to it.
std::vector<fs::path> files_for_git(const fs::path& dir) {
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(dir), end; it != end; ++it) {
    const bool is_artifact = it->path().parent_path() == dir / "artifacts";
    if (is_artifact && it->is_directory()) it.disable_recursion_pending();
    const fs::path name = it->path().filename();
    const bool is_for_git = !is_artifact || name.extension() == ".dvc" || name == ".gitignore";
    if (is_for_git && it->is_regular_file()) files.push_back(it->path());
  }
  return files;
}

}  // namespace

DVCLiveTracker::DVCLiveTracker(DVCLiveOptions options, std::unique_ptr<Disk> disk)
    : options_(resolved(std::move(options))), disk_(std::move(disk)), live_(*disk_, options_.dir) {}

Status DVCLiveTracker::start(const RunInfo& run, Remarks& remarks, Record& memory) {
  run_ = &run;
  remarks_ = &remarks;
  memory_ = &memory;
  if (is_open_) return {};
  return guarded([this] { open(); });
}

Delivery DVCLiveTracker::write(std::span<const Entry> entries) {
  const Status status = guarded([&] {
    for (const Entry& entry : entries) {
      if (entry.position() <= applied_) continue;  // taken in before the disk refused
      apply(entry);
      applied_ = entry.position();
    }
    save();
  });
  return {status.ok() ? entries.size() : 0, status};
}

Status DVCLiveTracker::reset(const Entry&) {
  return guarded([this] {
    live_.clear();
    artifacts_ = {};
    applied_ = stored_ = {};
  });
}

Status DVCLiveTracker::finish(RunStatus, std::int64_t time_ns) {
  try {
    return guarded([&] {
      save();
      if (experiment_) commit_experiment(time_ns);
      if (repository_) repository_->remove_marks(*disk_);
    });
  } catch (const GitError& error) {
    if (error.of_the_system()) return Status::temporary(error.what());
    remarks_->remark("dvclive_experiment", "DVCLive: no experiment was saved: " + std::string(error.what()));
  }
  if (repository_) repository_->remove_marks(*disk_);
  return {};
}

/// Whatever a disk refuses it may take later, when somebody has made room.
Status DVCLiveTracker::guarded(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const FileError& error) {
    return Status::temporary(error.what());
  } catch (const fs::filesystem_error& error) {
    return Status::temporary(error.what());
  }
}

void DVCLiveTracker::open() {
  make_folders(*disk_, options_.dir);
  live_.clear();
  std::optional<GitHead> head;
  try {
    head = git_head(options_.dir);
    find_repository(head);
    if (options_.save_dvc_exp && options_.pipeline_root.empty()) begin_experiment(head);
  } catch (const GitError& error) {
    remarks_->remark("dvclive_git", "DVCLive: without git: " + std::string(error.what()));
  }
  if (repository_) repository_->remove_marks(*disk_);
  if (repository_ && experiment_) repository_->mark_started(*disk_, experiment_->name);
  is_open_ = true;
}

void DVCLiveTracker::find_repository(const std::optional<GitHead>& head) {
  repository_ = DvcRepository::find(options_.pipeline_root.empty() ? options_.dir : options_.pipeline_root);
  if (repository_ || !head || !(options_.save_dvc_exp || takes_artifacts())) return;
  repository_ = DvcRepository::make(*disk_, head->root);
  remarks_->remark("dvclive_init", "DVCLive: " + head->root.string() + " is now a DVC repository (.dvc)");
}

void DVCLiveTracker::begin_experiment(const std::optional<GitHead>& head) {
  if (!head || head->commit.empty()) {
    return remarks_->remark("dvclive_git",
                            "DVCLive: no experiment is saved, since " + options_.dir.string() +
                                (head ? " lies in a git repository without a commit" : " lies in no git repository"));
  }
  Experiment experiment{head->root, text_in(*memory_, "baseline"), text_in(*memory_, "experiment")};
  if (experiment.baseline.empty()) {
    experiment.baseline = head->commit;
    experiment.name = choose_name(experiment);
    memory_->set("baseline", experiment.baseline);
    memory_->set("experiment", experiment.name);
  }
  experiment_ = std::move(experiment);
}

std::string DVCLiveTracker::choose_name(const Experiment& experiment) {
  const auto is_free = [&](const std::string& name) {
    return is_experiment_name(name) && !experiment_exists({experiment.root, experiment.baseline, name});
  };
  for (const std::string& name : {options_.exp_name, run_->name}) {
    if (name.empty()) continue;
    if (is_free(name)) return name;
    remarks_->remark("dvclive_name", "DVCLive: the experiment gets another name than " + name +
                                         ", which is taken or cannot be a part of a git reference");
  }
  constexpr std::uint32_t kPlainAttempts = 20;
  for (std::uint32_t attempt = 0;; ++attempt) {
    std::string name = generated_experiment_name(run_->id, attempt);
    if (attempt >= kPlainAttempts) name += "-" + std::to_string(attempt);
    if (is_free(name)) return name;
  }
}

void DVCLiveTracker::apply(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::kParams:
      return live_.add_params(entry.values);
    case EntryKind::kLog:
      step_ = entry.step;
      return live_.add_metrics(entry.step, entry.values, *remarks_);
    case EntryKind::kImage:
      return live_.add_image(entry.step, text_in(entry.values, "key"), run_->folder / text_in(entry.values, "file"),
                             *remarks_);
    case EntryKind::kArtifact:
      return keep(entry);
    default:
      return;  // DVCLive has no place for the others
  }
}

void DVCLiveTracker::keep(const Entry& artifact) {
  const std::string type = text_in(artifact.values, "type");
  if (!takes_artifacts() || (type == "checkpoint" && options_.log_model != DVCLiveLogModel::kAll)) return;
  const Value* metadata = artifact.values.find("metadata");
  Record meta = metadata != nullptr && metadata->record() != nullptr ? *metadata->record() : Record{};
  std::string name = text_in(meta, "name");
  if (!meta.erase("name")) name = text_in(artifact.values, "name");
  if (!repository_) {
    return remarks_->remark("dvclive_artifacts", "DVCLive: " + name + " and other artifacts are not kept, since " +
                                                     options_.dir.string() + " lies in no DVC repository");
  }
  const fs::path source = run_->folder / text_in(artifact.values, "path");
  const fs::path target = options_.dir / "artifacts" / artifact_file_name(name);
  const auto sequence = static_cast<std::int64_t>(artifact.sequence);
  const bool is_kept = fs::exists(target.string() + ".dvc");
  if (!fs::exists(source)) {
    if (!is_kept) return remarks_->remark("dvclive_artifact:" + name, "DVCLive: " + source.string() + " is not there");
  } else if (!is_kept || !(memory_->number("artifacts_until") >= static_cast<double>(sequence))) {
    keep_artifact(*disk_, *repository_, source, target);
  }
  if (!(memory_->number("artifacts_until") >= static_cast<double>(sequence))) {
    memory_->set("artifacts_until", sequence);
  }
  const std::string id = target.stem().string();
  if (!is_artifact_name(id)) return;
  Record fields{{"path", relative_path(target)}, {"type", type}};
  if (!meta.empty()) fields.set("meta", std::move(meta));
  artifacts_.set(id, std::move(fields));
}

void DVCLiveTracker::save() {
  live_.save();
  save_dvc_yaml();
  if (repository_ && (experiment_ || !options_.pipeline_root.empty()) && live_.has_metrics()) {
    repository_->mark_step(*disk_, step_);
  }
  stored_ = applied_;
}

Record DVCLiveTracker::dvc_yaml_entries() const {
  const fs::path& dir = live_.path();
  Record entries;
  if (live_.has_params()) entries.set("params", Value::List{relative_path(dir / "params.yaml")});
  if (live_.has_metrics()) entries.set("metrics", Value::List{relative_path(dir / "metrics.json")});
  Value::List plots;
  if (live_.has_series()) plots.push_back(Record{{relative_path(dir / "plots" / "metrics"), Record{{"x", "step"}}}});
  if (live_.has_images()) plots.push_back(relative_path(dir / "plots" / "images"));
  if (!plots.empty()) entries.set("plots", std::move(plots));
  if (!artifacts_.empty()) entries.set("artifacts", artifacts_);
  return entries;
}

void DVCLiveTracker::save_dvc_yaml() {
  if (options_.dvcyaml.empty()) return;
  Record entries = dvc_yaml_entries();
  if (entries == written_ || entries.empty()) return;
  const std::string text = fs::exists(options_.dvcyaml) ? read_file(options_.dvcyaml) : std::string();
  const auto merged = merged_dvc_yaml(text, entries, relative_path(options_.dir) + "/");
  if (!merged) {
    remarks_->remark("dvclive_yaml", "DVCLive: " + options_.dvcyaml.string() +
                                         " stays as it is: its lists are not of the kind with a line for each entry. "
                                         "Add " +
                                         options_.dir.string() + " to params, metrics and plots by hand");
  } else if (*merged != text) {
    make_folders(*disk_, options_.dvcyaml.parent_path());
    swap_file(*disk_, options_.dvcyaml, *merged);
  }
  written_ = std::move(entries);
}

void DVCLiveTracker::commit_experiment(std::int64_t time_ns) {
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  ExperimentContent content;
  std::vector<fs::path> files = files_for_git(options_.dir);
  if (!options_.dvcyaml.empty() && fs::exists(options_.dvcyaml)) files.push_back(options_.dvcyaml);
  for (const fs::path& file : files) {
    const std::string name = settled(file).lexically_relative(settled(experiment_->root)).generic_string();
    if (!name.starts_with("..")) content.files.push_back(name);
  }
  content.message = options_.exp_message.empty() ? "dvc: commit experiment " + run_->id : options_.exp_message;
  content.time = time_ns / kNanosecondsPerSecond;
  memory_->set("commit", save_experiment(*experiment_, content));
}

/// As dvc.yaml names it.
std::string DVCLiveTracker::relative_path(const fs::path& path) const {
  const fs::path base = options_.dvcyaml.empty() ? options_.dir : options_.dvcyaml;
  return path.lexically_relative(base.parent_path()).generic_string();
}

}  // namespace baton::track
