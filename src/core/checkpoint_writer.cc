#include "src/core/checkpoint_writer.h"

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton {
namespace {

/// Runs `work`; whatever it throws becomes a CheckpointError that names the checkpoint.
template <class Work>
void with_its_name(const std::filesystem::path& checkpoint, Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    throw CheckpointError("The checkpoint " + checkpoint.string() + " could not be written: " + error.what());
  }
}

}  // namespace

CheckpointWriter::~CheckpointWriter() {
  if (!pending_.valid()) return;
  try {
    pending_.get();
  } catch (const std::exception& error) {
    notices_.notice({"checkpoint_not_written", error.what()});
  }
}

void CheckpointWriter::write(const std::filesystem::path& checkpoint, SavedRun run, const Fill& fill,
                             std::function<void()> when_written) {
  wait();
  std::shared_ptr<CheckpointDraft> draft;
  SaveWork work;
  with_its_name(checkpoint, [&] {
    draft = store_.begin(checkpoint);
    work = fill(*draft, in_background_);
  });
  auto rest = [checkpoint, draft, work = std::move(work), run = std::move(run)] {
    with_its_name(checkpoint, [&] {
      work();
      draft->commit(run);
    });
  };
  if (!in_background_) {
    rest();
    return when_written();
  }
  when_written_ = std::move(when_written);
  pending_ = std::async(std::launch::async, std::move(rest));
}

void CheckpointWriter::poll() {
  if (pending_.valid() && pending_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) wait();
}

void CheckpointWriter::wait() {
  if (!pending_.valid()) return;
  const std::function<void()> when_written = std::exchange(when_written_, nullptr);
  pending_.get();
  when_written();
}

}  // namespace baton
