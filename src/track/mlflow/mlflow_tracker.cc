#include "src/track/mlflow/mlflow_tracker.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "src/track/metrics.h"
#include "src/track/mlflow/git_commit.h"
#include "src/track/mlflow/mlflow_options.h"
#include "src/track/text_in.h"

namespace baton::track {

namespace {

constexpr const char* kPositionTag = "baton.position";  // "JOURNAL GENERATION SEQUENCE"
constexpr const char* kRunMemory = "run_id";
constexpr const char* kNamesMemory = "names";

std::int64_t milliseconds(std::int64_t ns) { return ns / 1'000'000; }

/// What becomes a file among the run's artifacts.
bool is_file(EntryKind kind) {
  return kind == EntryKind::kArtifact || kind == EntryKind::kText || kind == EntryKind::kImage;
}

std::string_view status_name(RunStatus status) {
  switch (status) {
    case RunStatus::kFinished:
      return "FINISHED";
    case RunStatus::kFailed:
      return "FAILED";
    case RunStatus::kKilled:
      break;
  }
  return "KILLED";
}

}  // namespace

MlflowTracker::MlflowTracker(std::unique_ptr<MlflowStore> store, MLflowOptions options, std::string user)
    : store_(std::move(store)), options_(std::move(options)), user_(std::move(user)) {}

Record MlflowTracker::options() const { return mlflow_options_record(options_); }

RewindMeans MlflowTracker::rewind_means() const {
  const bool adopted = !options_.run_id.empty() && !options_.nested;  // it may hold what others wrote
  return adopted ? RewindMeans::kAppendOnly : store_->rewind_means();
}

MlflowRunPlan MlflowTracker::plan_for(const RunInfo& run, const Record& memory) const {
  MlflowRunPlan plan{.journal = run.id,
                     .experiment_id = options_.experiment_id,
                     .experiment_name = options_.experiment_name,
                     .name = run.name,
                     .user = user_,
                     .start_ms = milliseconds(run.start_ns)};
  const Value* const known = memory.find(kRunMemory);
  if (known != nullptr && known->text() != nullptr) {
    plan.run_id = *known->text();
  } else if (!options_.nested) {
    plan.run_id = options_.run_id;
  } else if (!options_.run_id.empty()) {
    plan.tags.push_back({"mlflow.parentRunId", options_.run_id});
  }
  plan.tags.push_back({"mlflow.user", user_});
  plan.tags.push_back({"mlflow.source.name", options_.source_name});
  plan.tags.push_back({"mlflow.source.type", "LOCAL"});
  if (std::string commit = git_commit_around(options_.source_name); !commit.empty()) {
    plan.tags.push_back({"mlflow.source.git.commit", std::move(commit)});
  }
  for (const auto& [key, value] : options_.tags) plan.tags.push_back({key, python_str(value)});
  return plan;
}

Status MlflowTracker::start(const RunInfo& run, Remarks& remarks, Record& memory) {
  info_ = &run, remarks_ = &remarks, memory_ = &memory;
  if (Status status = store_->open(plan_for(run, memory), run_); !status.ok()) return status;
  memory.set(kRunMemory, run_.run_id);
  const Value* const names = memory.find(kNamesMemory);
  names_ = MlflowNames(names == nullptr || names->record() == nullptr ? Record() : *names->record());
  if (run_.is_new) return {};
  if (options_.ends_run) {
    if (Status status = store_->set_status("RUNNING", std::nullopt); !status.ok()) return status;
  }
  MlflowBatch tags;
  for (const auto& [key, value] : options_.tags) tags.add_tag({key, python_str(value)});
  return tags.empty() ? Status() : store_->log(tags);
}

MlflowText MlflowTracker::position_tag(const Position& position) const {
  return {kPositionTag,
          info_->id + " " + std::to_string(position.generation) + " " + std::to_string(position.sequence)};
}

std::optional<Position> MlflowTracker::stored() {
  const std::string tag = run_.tags[kPositionTag], journal = info_->id + " ";
  if (!tag.starts_with(journal)) return std::nullopt;
  const char* const end = tag.data() + tag.size();
  Position position;
  const auto generation = std::from_chars(tag.data() + journal.size(), end, position.generation);
  if (generation.ec != std::errc() || generation.ptr == end) return std::nullopt;
  const auto sequence = std::from_chars(generation.ptr + 1, end, position.sequence);
  return sequence.ec == std::errc() ? std::optional(position) : std::nullopt;
}

Delivery MlflowTracker::write(std::span<const Entry> entries) {
  Delivery delivery;
  while (delivery.stored < entries.size()) {
    Delivery some = write_some(entries.subspan(delivery.stored));
    delivery.stored += some.stored;
    delivery.status = std::move(some.status);
    if (!delivery.status.ok()) break;
  }
  return delivery;
}

Delivery MlflowTracker::write_some(std::span<const Entry> entries) {
  if (is_file(entries.front().kind)) {
    Status status = write_file_of(entries.front());
    return {status.ok() ? 1U : 0U, std::move(status)};
  }
  MlflowBatch batch = batch_of(entries.front());
  std::size_t count = 1;
  for (; count < entries.size() && !is_file(entries[count].kind); ++count) {
    const MlflowBatch next = batch_of(entries[count]);
    if (!batch.has_room_for(next)) break;
    batch.append(next);
  }
  const Position position = entries[count - 1].position();
  Status status = log_all(batch, position);
  if (status.ok()) return {count, {}};
  if (status.fault != Fault::kRefused) return {0, std::move(status)};
  return count > 1 ? write_some(entries.first(1)) : log_what_is_taken(batch, position);
}

Status MlflowTracker::log_all(const MlflowBatch& batch, const Position& position) {
  std::vector<MlflowBatch> pieces = batch.pieces();
  if (!pieces.empty()) pieces.back().add_tag(position_tag(position));
  for (const MlflowBatch& piece : pieces) {
    if (Status status = store_->log(piece); !status.ok()) return status;
  }
  for (const MlflowText& param : batch.params()) run_.params.insert_or_assign(param.key, param.value);
  return {};
}

/// Of an entry that was refused as a whole.
Delivery MlflowTracker::log_what_is_taken(const MlflowBatch& batch, const Position& position) {
  std::size_t taken = 0;
  for (const MlflowBatch& piece : batch.pieces()) {
    if (Status status = salvage(piece, taken); !status.ok()) return {0, std::move(status)};
  }
  MlflowBatch tag;
  tag.add_tag(position_tag(position));
  Status status = store_->log(tag);
  if (status.fault == Fault::kRefused) {  // not the record is at fault, but the run: it was deleted, for example
    return {0, Status::unusable("MLflow takes nothing for this run any more: " + status.reason)};
  }
  if (status.ok() && taken == 0) status = Status::refused("MLflow took nothing of a record");
  return {status.ok() ? 1U : 0U, std::move(status)};
}

/// Finds what is refused by halving; counts what is taken.
Status MlflowTracker::salvage(const MlflowBatch& batch, std::size_t& taken) {
  Status status = store_->log(batch);
  if (status.ok()) {
    taken += batch.size();
    return {};
  }
  if (status.fault != Fault::kRefused) return status;
  if (batch.size() == 1) {
    const std::string& key = batch.metrics().empty() ? batch.params().front().key : batch.metrics().front().key;
    remarks_->remark("mlflow.refused." + key, "MLflow does not take " + key + ": " + status.reason);
    return {};
  }
  const auto [first, second] = batch.halves();
  status = salvage(first, taken);
  return status.ok() ? salvage(second, taken) : status;
}

MlflowUpload MlflowTracker::upload_of(const Entry& entry) const {
  const auto text = [&](const char* key) { return text_in(entry.values, key); };
  const std::string key = mlflow_name(text("key")), step = std::to_string(entry.step);
  if (entry.kind == EntryKind::kText) {
    return {.content = text("text"), .name = "texts/" + key, .file_name = step + ".md"};
  }
  if (entry.kind == EntryKind::kImage) {
    return {.source = info_->folder / text("file"), .name = "images/" + key, .file_name = step + ".png"};
  }
  return {.source = info_->folder / text("path"),
          .name = mlflow_name(text("name")),
          .is_model = text("type") == "checkpoint" || text("type") == "model",
          .step = entry.step};
}

Status MlflowTracker::write_file_of(const Entry& entry) {
  if (entry.kind == EntryKind::kArtifact && !options_.log_artifacts) return {};
  const MlflowUpload upload = upload_of(entry);
  try {
    if (Status status = store_->upload(upload, *remarks_, *memory_); !status.ok()) return status;
  } catch (const std::filesystem::filesystem_error& error) {
    return Status::refused(error.what());
  }
  MlflowBatch tag;
  tag.add_tag(position_tag(entry.position()));
  return store_->log(tag);
}

MlflowBatch MlflowTracker::batch_of(const Entry& entry) {
  MlflowBatch batch;
  if (entry.kind == EntryKind::kLog) add_metrics(entry, batch);
  if (entry.kind == EntryKind::kParams) add_params(entry, batch);
  return batch;
}

void MlflowTracker::add_metrics(const Entry& entry, MlflowBatch& batch) {
  bool renamed = false;
  for (const auto& [key, value] : entry.values) {
    if (const auto number = scalar_of(value)) {
      const std::string& name = names_.name_of(key);
      batch.add({name, *number, milliseconds(entry.time_ns), entry.step});
      renamed = renamed || name != key;
    } else {
      remarks_->remark("mlflow.no_number." + key, "MLflow gets no " + key + ": it takes numbers only");
    }
  }
  if (renamed) memory_->set(kNamesMemory, names_.known());
}

/// MLflow lets nobody change a parameter, and would refuse all that come with it.
void MlflowTracker::add_params(const Entry& entry, MlflowBatch& batch) {
  const MlflowParams params =
      mlflow_params(entry.values, {.flatten = options_.flatten_params, .most = options_.max_log_params});
  MlflowNames names;
  for (const auto& [key, value] : params.kept) {
    const std::string& name = names.name_of(key);
    const auto known = run_.params.find(name);
    if (known == run_.params.end()) {
      batch.add_param({name, value});
    } else if (known->second != value) {
      remarks_->remark("mlflow.changed." + key, "MLflow keeps the first value of " + key + ", " + known->second +
                                                    ": it lets no parameter change");
    }
  }
  for (const std::string& key : params.too_long) {
    remarks_->remark("mlflow.too_long." + key, "MLflow gets no " + key + ": it has more than 6000 characters");
  }
}

Status MlflowTracker::reset(const Entry&) {
  if (rewind_means() == RewindMeans::kAppendOnly) return {};
  run_.tags.erase(kPositionTag);
  return store_->clear({position_tag({})});
}

Status MlflowTracker::finish(RunStatus status, std::int64_t time_ns) {
  if (!options_.ends_run) return {};
  return store_->set_status(status_name(status), milliseconds(time_ns));
}

}  // namespace baton::track
