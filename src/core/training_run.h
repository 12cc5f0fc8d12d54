// TrainingRun: one call of train(), from the resume to the last event. Order and arithmetic: hf-contract §2 and §10.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "baton/core/step_plan.h"
#include "src/core/checkpoint_keeper.h"
#include "src/core/loop_context.h"

namespace baton {

class TrainingRun {
 public:
  explicit TrainingRun(LoopContext& run) : run_(run), keeper_(run) {}

  /// `resume` as in TrainLoop::train. Starts again with a smaller batch after running out of memory, if asked to.
  TrainOutput train(const std::string& resume);

 private:
  /// A checkpoint to go on from, and what it said.
  struct Resume {
    std::filesystem::path checkpoint;
    SavedRun saved;
  };
  enum class Place { kStepEnd, kEpochEnd };

  TrainOutput train_once(const std::optional<Resume>& resume);

  // Before the first step.
  void clean_up();
  void set_up_state();
  void restore(const Resume& resume);
  void prepare_engine(const std::optional<Resume>& resume);
  void create_scheduler();
  bool finish_owed_epoch();

  // The loop.
  void run_epochs();
  void run_epoch(std::int64_t epoch);
  bool run_window(std::int64_t epoch, std::int64_t update);
  void run_micro_step(int index, int window);
  void update(std::int64_t epoch);
  bool is_epoch_complete() const { return plan_.sized && micros_in_epoch_ == plan_.batches_per_epoch; }
  bool has_epoch_strategy() const;
  bool had_too_little_data() const;
  void set_place_in_stream(std::int64_t epoch, std::int64_t batches);
  void load_pending_rng();

  // Log, evaluate, save: whatever the flags ask for. True if it saved.
  bool run_round(Place place);
  void log_training();
  Record evaluate();
  bool evaluate_and_track();

  // Stop, if somebody asks to.
  void stop_after_step(bool is_saved);
  void stop_if_asked(bool is_saved, bool epoch_end_owed);

  TrainOutput finish();

  LoopContext& run_;
  CheckpointKeeper keeper_;
  StepPlan plan_;
  ResumePoint start_;
  std::optional<std::filesystem::path> rng_from_;  ///< checkpoint whose generators are still to be loaded
  bool stopped_before_ = false;                    ///< the checkpoint was written while training was stopping (D22)
  bool evaluating_ = false;
  bool ends_early_ = false;  ///< a resume is to go on (enable_jit_checkpoint)
  bool may_fold_clipping_ = true;
  std::int64_t micros_in_epoch_ = 0;
  std::int64_t start_ns_ = 0;
  std::int64_t step_at_start_ = 0;
  std::int64_t tokens_at_start_ = 0;
};

}  // namespace baton
