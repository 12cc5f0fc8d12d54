#include "src/core/checkpoint_keeper.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "baton/core/argument_fields.h"
#include "baton/core/errors.h"
#include "baton/core/rotation.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

/// The best model's folder as `store` spells it. Rotation compares texts, and since that state was written the output
/// folder may have moved, or be given as another path.
fs::path place_here(const CheckpointStore& store, const TrainerState& state) {
  const fs::path best = state.best_model_checkpoint.value_or("");
  for (const fs::path& here : {store.path_of_best(), store.path_of_step(state.best_global_step.value_or(0))}) {
    if (here.filename() != best.filename() || !store.exists(here)) continue;
    std::error_code differs;
    if (!store.exists(best) || fs::equivalent(here, best, differs)) return here;
  }
  return best;
}

/// Whether the weights in the folder of the best model are those that the state tells of. They are not if a run that
/// died later had found a better one, and the resumed run did not.
bool is_of_best_step(const CheckpointStore& store, const fs::path& best, const TrainerState& state) {
  return store.read(best).state.global_step == state.best_global_step.value_or(0);
}

}  // namespace

std::optional<fs::path> CheckpointKeeper::find(const std::string& request) const {
  const CheckpointStore& store = run_.parts.store;
  if (request.empty() || request == "false") return std::nullopt;
  if (request == "true") return newest_good_one();
  for (const fs::path& path : {fs::path(request), fs::path(run_.args.output_dir) / request}) {
    if (!store.exists(path)) continue;
    verify(path);
    return path;
  }
  throw CheckpointError("resume_from_checkpoint=" + request + ": there is no such checkpoint folder");
}

fs::path CheckpointKeeper::newest_good_one() const {
  std::vector<CheckpointEntry> all = run_.parts.store.list();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.step > b.step; });
  for (const CheckpointEntry& entry : all) {
    try {
      verify(entry.path);
      run_.parts.store.read(entry.path);
      return entry.path;
    } catch (const std::exception& error) {  // of the file system, too
      run_.parts.notices.notice(
          {"checkpoint_skipped:" + entry.path.string(),
           entry.path.string() + " is left out: " + error.what() + "; an older checkpoint is looked for"});
    }
  }
  throw CheckpointError("resume_from_checkpoint=true: there is no " +
                        std::string(all.empty() ? "folder checkpoint-<step>" : "checkpoint that is whole") +
                        " in output_dir " + run_.args.output_dir);
}

/// Throws CheckpointError if a file is damaged.
void CheckpointKeeper::verify(const fs::path& checkpoint) const {
  const bool vouched_for = run_.parts.store.verify(checkpoint);
  if (!vouched_for) run_.engine().verify(checkpoint);
}

void CheckpointKeeper::start_over() {
  writer_.wait();
  saved_.reset();
  owns_best_folder_ = false;
  best_is_of_before_ = false;
  best_.clear();
}

void CheckpointKeeper::resumed_from(const fs::path& checkpoint) {
  const CheckpointStore& store = run_.parts.store;
  const fs::path as_here = store.path_of_step(run_.state.global_step);
  std::error_code differs;
  saved_ = Saved{fs::equivalent(as_here, checkpoint, differs) ? as_here : checkpoint, run_.state.global_step};
  best_ = place_here(store, run_.state);
  owns_best_folder_ = best_ == store.path_of_best();
  best_is_of_before_ = owns_best_folder_;
  if (best_.empty()) return;
  if (store.exists(best_)) return name_best_in_state();
  run_.parts.notices.notice({"best_checkpoint_missing", "The best model so far was in " + best_.string() +
                                                            ", which is gone; " + checkpoint.string() +
                                                            " is resumed without it, the next best one counts"});
  best_.clear();
  run_.state.best_model_checkpoint.reset();
}

bool CheckpointKeeper::is_newest(std::int64_t step) const {
  const std::vector<CheckpointEntry> all = run_.parts.store.list();
  return std::none_of(all.begin(), all.end(), [&](const CheckpointEntry& other) { return other.step > step; });
}

void CheckpointKeeper::save(bool epoch_end_owed) {
  writer_.wait();
  const fs::path checkpoint = run_.parts.store.path_of_step(run_.state.global_step);
  run_.flush_flos();
  find_best_before_save(checkpoint);
  name_best_in_state();
  saved_ = Saved{checkpoint, run_.state.global_step};
  const auto saved = [this, last = *saved_] {
    if (run_.state.is_world_process_zero) delete_old_ones();
    run_.lap(Phase::kSave);
    const bool asked_meanwhile = run_.args.save_async && run_.control.should_save;
    run_.handler.on_save(last.path, last.step);
    run_.control.should_save |= asked_meanwhile;
  };
  if (!run_.state.is_world_process_zero) return saved();
  write(checkpoint, run_.args.save_only_model ? SaveScope::kModelOnly : SaveScope::kEverything, epoch_end_owed, saved);
  if (run_.args.save_async) run_.control.should_save = false;  // else on_save has done so
}

void CheckpointKeeper::delete_old_ones() {
  CheckpointStore& store = run_.parts.store;
  if (best_ != store.path_of_best() && std::exchange(owns_best_folder_, false)) remove(store.path_of_best());
  const std::int64_t limit = run_.args.save_total_limit;
  if (limit <= 0) return;  // there may be many, so they are not even listed
  for (const fs::path& old : rotation_plan(store.list(), limit, best_)) remove(old);
}

/// What cannot be deleted does not matter to a training whose checkpoints are safe.
void CheckpointKeeper::remove(const fs::path& checkpoint) {
  try {
    run_.parts.store.remove(checkpoint);
  } catch (const CheckpointError& error) {
    run_.parts.notices.notice({"checkpoint_not_deleted:" + checkpoint.string(), error.what()});
  }
}

void CheckpointKeeper::write(const fs::path& checkpoint, SaveScope scope, bool epoch_end_owed,
                             std::function<void()> when_written) {
  run_.state.stateful_callbacks = run_.handler.export_states();
  const LossRead loss = run_.engine().read_loss();
  LoopState loop = run_.loop;
  loop.loss_since_log = loss.loss_sum;
  loop.nonfinite_since_log = loss.nonfinite;
  loop.last_grad_norm = run_.grad_norm(loss);
  loop.epoch_end_owed = epoch_end_owed;
  writer_.write(
      checkpoint, {run_.state, loop, arguments_to_record(run_.args), run_.handler.companions_at_checkpoint()},
      [&](CheckpointDraft& draft, bool may_wait) {
        return run_.engine().save(draft, scope, *run_.scheduler, may_wait);
      },
      std::move(when_written));
}

void CheckpointKeeper::find_best_before_save(const fs::path& checkpoint) {
  const std::int64_t best_step = run_.state.best_global_step.value_or(0);
  if (best_step == 0) return;
  if (best_step == run_.state.global_step) {
    best_ = checkpoint;
  } else if (!run_.args.load_best_model_at_end) {  // with it, the place was settled when that best one was found (D4)
    const fs::path of_best = run_.parts.store.path_of_step(best_step);
    if (run_.parts.store.exists(of_best)) best_ = of_best;
  }
}

void CheckpointKeeper::keep_best_weights() {
  if (!run_.args.load_best_model_at_end) return;
  writer_.wait();  // before the old best one loses its protection
  if (saved_ && saved_->step == run_.state.global_step) {
    best_ = saved_->path;
    return;
  }
  best_ = run_.parts.store.path_of_best();
  owns_best_folder_ = true;
  best_is_of_before_ = false;
  if (run_.state.is_world_process_zero) write(best_, SaveScope::kModelOnly, false, [] {});
}

void CheckpointKeeper::name_best_in_state() {
  if (!best_.empty()) run_.state.best_model_checkpoint = best_.string();
}

void CheckpointKeeper::reload_best() {
  CheckpointStore& store = run_.parts.store;
  store.verify(best_);
  if (best_is_of_before_ && !is_of_best_step(store, best_, run_.state)) {
    run_.parts.notices.notice({"best_checkpoint_missing", best_.string() + " holds the best model of another run; the "
                                                                           "model stays as it is after the last step"});
    return;
  }
  run_.engine().load_model(best_);
  run_.best_reloaded_from = best_;
}

void CheckpointKeeper::finish(bool will_go_on) {
  writer_.wait();
  CheckpointStore& store = run_.parts.store;
  run_.best_reloaded_from.reset();
  if (best_.empty()) return;
  name_best_in_state();
  if (run_.args.load_best_model_at_end) reload_best();
  if (will_go_on) return;
  // A best model outside of the checkpoints (D4) leaves the newest one for a resume.
  if (run_.args.save_total_limit != 1 || best_ == store.path_of_best() || !run_.state.is_world_process_zero) return;
  for (const CheckpointEntry& entry : store.list()) {
    if (entry.path != best_) remove(entry.path);
  }
}

}  // namespace baton
