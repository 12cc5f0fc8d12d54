// CheckpointDraft: a checkpoint that is being written. Nobody sees it before commit(); without one it never was.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace baton {

class ByteSink;
struct SavedRun;

/// Not thread-safe; may be handed from one thread to another. Destroying it before commit() discards everything.
class CheckpointDraft {
 public:
  virtual ~CheckpointDraft() = default;

  /// Where files may also be put by other means; commit() takes everything in it.
  virtual const std::filesystem::path& folder() const = 0;
  /// Writes one file, which is on the disk when this returns. Throws what `content` throws, and Error if the file
  /// cannot be written.
  virtual void add(const std::string& name, const std::function<void(ByteSink&)>& content) = 0;
  /// Adds the files of the run and the manifest, and puts the checkpoint in its place in one step; one that is there is
  /// replaced. Throws Error if it cannot be written.
  virtual void commit(const SavedRun& run) = 0;
};

}  // namespace baton
