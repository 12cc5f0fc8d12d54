// LoopFixture: whole runs of the training loop over scripted numbers, in a folder of their own.
//   LoopFixture run;
//   run.args.save_steps = 5;
//   run.crash(EventKind::kStepBegin, 7);   // dies before update 8
//   run.resume();                          // a new process goes on from checkpoint-5
//   EXPECT_EQ(run.events(), "I TB EB U(3) EE L TE");
// Each train(), crash() and resume() is a process of its own: a new engine, a new loop and a new recorder. Callbacks
// are shared by all of them, so a test that counts on fresh ones replaces them in between.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baton/callbacks/lambda.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/core/train_loop.h"
#include "src/base/disk.h"
#include "src/core/dry_engine.h"
#include "tests/fakes/event_recorder.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/recording_notices.h"
#include "tests/fakes/scripted_callbacks.h"
#include "tests/fakes/stop_by_hand.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::fakes {

using Steps = std::vector<std::int64_t>;

class LoopFixture {
 public:
  LoopFixture();

  // --- what runs: to be set before ---
  TrainingArguments args;  ///< of the reference, but for output_dir
  /// 64 samples, no evaluation set. Batch sizes and drop_last are those of args. After a resume the script goes on from
  /// where it was when the checkpoint was written.
  DryScript script{.train_samples = 64};
  /// Between the default flow callback and the recorder.
  CallbackList callbacks;
  ManualClock clock;
  std::optional<Ledger> ledger;
  std::function<std::unique_ptr<DryEngine>(const DryScript&)> make_engine =
      std::make_unique<DryEngine, const DryScript&>;
  bool keep_history = true;
  LoopOverrides overrides;
  std::optional<Trial> trial;
  StopByHand stop_request;                                ///< every loop listens to it
  std::shared_ptr<Disk> disk = std::make_shared<Disk>();  ///< that checkpoints are written to

  /// One evaluation set of 64 samples whose evaluations give these losses; the last one repeats.
  void eval_losses(std::vector<double> losses);
  void add(LambdaEvents events) { callbacks.push_back(std::make_shared<LambdaCallback>(std::move(events))); }
  /// A callback that writes a flag when that event comes at that step.
  void set_flag(EventKind kind, std::int64_t step, bool TrainerControl::*flag, bool value = true);

  // --- processes ---
  /// A new process up to on_init_end.
  TrainLoop& start(const std::string& resume = "");
  TrainOutput train(const std::string& resume = "");
  TrainOutput resume(const std::string& checkpoint = "true") { return train(checkpoint); }
  /// Trains until a callback behind all others throws a Crash at that event and step; fails the test if none comes.
  void crash(EventKind kind, std::int64_t step, const std::string& resume = "");
  /// Trains until it stops because a callback behind all others asks for it at that event and step; fails the test if
  /// it does not.
  void stop(EventKind kind, std::int64_t step, const std::string& resume = "");
  /// Trains to the end with a callback that asks there.
  TrainOutput train_and_ask(EventKind kind, std::int64_t step, const std::string& resume = "");

  /// Ends the last process in good order; what it did can still be looked at, but for its loop and state.
  void end() { loop_.reset(); }

  // --- what the last process did ---
  TrainLoop& loop() { return *loop_; }
  DryEngine& engine() { return *engine_; }
  const TrainerState& state() const { return loop_->state(); }
  const TrainOutput& output() const { return output_; }
  const std::vector<SeenEvent>& seen() const { return recorder_->seen; }
  /// All events but on_prepare_log and on_close.
  std::string events() const;
  const std::vector<RunStatus>& closes() const { return recorder_->closes; }
  /// global_step at each event of that kind.
  Steps steps(EventKind kind) const;
  Steps saves() const { return steps(EventKind::kSave); }
  Steps evals() const { return steps(EventKind::kEvaluate); }
  Steps logs() const;                                        ///< of the training loss
  std::vector<double> logged(const std::string& key) const;  ///< in the history, where it has this key

  // --- folder and notices: of all processes ---
  std::filesystem::path folder() const { return folder_.path(); }
  std::vector<std::string> folders() const;  ///< names in the output folder, sorted
  SavedRun saved(std::int64_t step) const;
  /// Makes it a checkpoint of the reference: no baton_state.json, training_args.json, manifest.json.
  void make_foreign(std::int64_t step);
  RecordingNotices notices;

 private:
  /// How much of the script was used up.
  struct Place {
    std::size_t micros = 0;
    std::size_t evaluations = 0;
  };
  void note_places();
  Place place_of(const std::string& resume) const;
  DryScript rest_of_script() const;

  TemporaryFolder folder_;
  std::optional<CheckpointFolder> store_;
  std::map<std::int64_t, Place> places_;  ///< at each checkpoint
  Place begin_;                           ///< of this process
  CallbackPtr last_;                      ///< behind the recorder
  std::shared_ptr<EventRecorder> recorder_;
  std::unique_ptr<DryEngine> engine_;
  std::unique_ptr<TrainLoop> loop_;
  TrainOutput output_;
};

/// The history without what a clock decides, as texts of one line; keys in the order that a state file gives them.
std::vector<std::string> timeless(const std::vector<LogRecord>& history);

}  // namespace baton::fakes
