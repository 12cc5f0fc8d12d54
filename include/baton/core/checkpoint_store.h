// CheckpointStore: where checkpoints live. The loop and both engines share it; on disk it is
// src/core/checkpoint_folder.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/checkpoint_draft.h"
#include "baton/core/rotation.h"
#include "baton/core/state.h"

namespace baton {

/// What an exact resume needs and trainer_state.json has no room for (baton_state.json).
struct LoopState {
  std::int64_t last_logged = 0;  ///< global_step of the last training log (D14)
  double loss_since_log = 0.0;   ///< sum of window losses since then (D14)
  double loss_total = 0.0;       ///< sum of all losses logged so far (D10)
  std::int64_t loss_from_step =
      0;  ///< update from which loss_total counts; above 0 after resuming a checkpoint of the reference
  std::int64_t nonfinite_since_log = 0;
  std::int64_t nonfinite_total = 0;        ///< NaN or infinite micro-batch losses up to the last log (D11)
  double last_learning_rate = 0.0;         ///< that of the last update, for a log before the next one
  std::optional<double> last_grad_norm{};  ///< likewise
  bool epoch_end_owed = false;             ///< written at the last update of an epoch, before its epoch_end (D20)
  std::int64_t stream_epoch = 0;           ///< of data without a length: which pass a resume goes on with,
  std::int64_t stream_batches = 0;         ///< and behind how many of its batches

  Record to_record() const;
  /// Throws CheckpointError naming the key and `where`.
  static LoopState from_record(const Record& record, const std::string& where);
  friend bool operator==(const LoopState&, const LoopState&) = default;
};

/// The torch-free part of a checkpoint.
struct SavedRun {
  TrainerState state;
  std::optional<LoopState> loop;  ///< absent in a checkpoint that the reference wrote
  Record arguments;               ///< empty if there are none
  Record companions{};            ///< by CheckpointCompanion::companion_key(); part of baton_state.json
};

class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;

  /// Folders named exactly checkpoint-<digits> (D6), in no order.
  virtual std::vector<CheckpointEntry> list() const = 0;
  /// Where the checkpoint of that step goes.
  virtual std::filesystem::path path_of_step(std::int64_t step) const = 0;
  /// Where a best model goes that no checkpoint holds (D4); outside of list().
  virtual std::filesystem::path path_of_best() const = 0;
  virtual bool exists(const std::filesystem::path& checkpoint) const = 0;
  /// Reads every byte. True if all is as it was written; false if nothing tells, as in a checkpoint of the reference.
  /// Throws CheckpointError that says what is damaged or missing.
  virtual bool verify(const std::filesystem::path& checkpoint) const = 0;
  /// Throws CheckpointError if trainer_state.json is absent or unreadable.
  virtual SavedRun read(const std::filesystem::path& checkpoint) const = 0;
  /// A new checkpoint for that path. The store must outlive it. Throws Error.
  virtual std::unique_ptr<CheckpointDraft> begin(const std::filesystem::path& checkpoint) = 0;
  /// Throws CheckpointError.
  virtual void remove(const std::filesystem::path& checkpoint) = 0;
  /// Removes what a crash has left half written or half deleted. Throws CheckpointError.
  virtual void clean_up() = 0;
};

}  // namespace baton
