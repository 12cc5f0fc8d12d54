// CheckpointKeeper: when to write, what stays, which weights are the best ones. Files are the store's, tensors the
// engine's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "src/core/checkpoint_writer.h"
#include "src/core/loop_context.h"

namespace baton {

class CheckpointKeeper {
 public:
  explicit CheckpointKeeper(LoopContext& run)
      : run_(run), writer_(run.parts.store, run.parts.notices, run.args.save_async) {}

  /// The checkpoint that a request to resume means: none for "", "false"; the newest that is whole for "true", with a
  /// notice for each that was left out; else that folder, as given or within output_dir. Throws CheckpointError if
  /// there is none, or the one named is damaged.
  std::optional<std::filesystem::path> find(const std::string& request) const;

  /// Forgets what an attempt that ran out of memory has written.
  void start_over();
  /// Tells the keeper that the weights are those of this checkpoint, as after a resume. A best model whose folder is
  /// gone is forgotten.
  void resumed_from(const std::filesystem::path& checkpoint);
  /// Whether there is no checkpoint of a later step.
  bool is_newest(std::int64_t step) const;

  /// Writes the checkpoint of this step, deletes what the limit says, fires on_save. With save_async this is only
  /// begun; the rest comes with poll(), wait(), finish(), or the next save (D15).
  void save(bool epoch_end_owed);
  /// Sees a save through that was written meanwhile.
  void poll() { writer_.poll(); }
  /// Sees the last save through.
  void wait() { writer_.wait(); }
  /// A new best that this round did not save: its weights must not get lost (D4). Only with load_best_model_at_end.
  /// As in the reference the state names the place from the next save or the end of training on.
  void keep_best_weights();
  /// At the end: loads the best weights if asked to; with a limit of one, deletes all other checkpoints, unless a
  /// resume is to go on.
  void finish(bool will_go_on);

 private:
  std::filesystem::path newest_good_one() const;
  void verify(const std::filesystem::path& checkpoint) const;
  void write(const std::filesystem::path& checkpoint, SaveScope scope, bool epoch_end_owed,
             std::function<void()> when_written);
  void delete_old_ones();
  void reload_best();
  void remove(const std::filesystem::path& checkpoint);
  void find_best_before_save(const std::filesystem::path& checkpoint);
  void name_best_in_state();

  LoopContext& run_;
  CheckpointWriter writer_;
  /// The last checkpoint that this run wrote or began from.
  struct Saved {
    std::filesystem::path path;
    std::int64_t step;
  };
  std::optional<Saved> saved_;
  std::filesystem::path best_;      ///< where the best weights so far are; empty: nowhere
  bool owns_best_folder_ = false;   ///< whether path_of_best() holds weights of this run
  bool best_is_of_before_ = false;  ///< whether they are those of a run before the resume
};

}  // namespace baton
