// CheckpointCompanion: for callbacks that keep files of their own in step with the checkpoints.
#pragma once

#include <filesystem>
#include <string>

#include "baton/core/arguments.h"
#include "baton/core/checkpoint_store.h"
#include "baton/core/value.h"

namespace baton {

/// A checkpoint that training goes on from.
struct ResumedCheckpoint {
  const std::filesystem::path& path;
  const SavedRun& saved;
  const ResolvedArguments& args;  ///< of the run that begins
  bool is_newest;                 ///< no checkpoint of a later step lies beside it
};

/// Mix-in for a TrainerCallback. Methods are called on the training thread.
class CheckpointCompanion {
 public:
  virtual ~CheckpointCompanion() = default;

  /// A fixed text; of several callbacks with one key the first speaks for all, and all are told of a resume.
  virtual std::string companion_key() const = 0;
  /// A checkpoint of this moment is about to be written: waits until the own files are on the disk. What comes back is
  /// kept in baton_state.json. Must not throw: a checkpoint matters more.
  virtual Record checkpointed() = 0;
  /// Before on_train_begin of a resumed training; `saved.companions` has under the key what checkpointed() returned.
  virtual void resumed(const ResumedCheckpoint& checkpoint) = 0;
};

}  // namespace baton
