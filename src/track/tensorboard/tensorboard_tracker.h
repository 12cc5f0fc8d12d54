// TensorBoardTracker: replays a run's journal into one event file. The file is made anew from the journal by each
// process that goes on with the run: so it holds everything once, however the one before it ended.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "baton/core/environment.h"
#include "baton/track/event_writer.h"
#include "baton/track/tracker.h"

namespace baton::track {

struct TensorBoardSetup {
  std::filesystem::path logging_dir{};                  ///< empty: within the run's output_dir
  std::string trial{};                                  ///< a folder in it
  std::shared_ptr<tensorboard::EventWriter> adopted{};  ///< write to this one instead
  bool append_only = false;                             ///< add a file, as if the one that was adopted went on
  tensorboard::EventWriterOptions file{};               ///< of the file to make
};

class TensorBoardTracker final : public Tracker {
 public:
  explicit TensorBoardTracker(TensorBoardSetup setup);

  std::string name() const override { return "tensorboard"; }
  Record options() const override;
  RewindMeans rewind_means() const override;
  Status start(const RunInfo& run, Remarks& remarks, Record& memory) override;
  std::optional<Position> stored() override;
  Delivery write(std::span<const Entry> entries) override;
  Status reset(const Entry& rewind) override;
  Status finish(RunStatus status, std::int64_t time_ns) override;

 private:
  std::filesystem::path folder_of(const RunInfo& run, Record& memory) const;
  Status begin_file();
  Status undo_file(const std::filesystem::path& file) const;
  void encode(const Entry& entry, std::string& records);
  void encode_log(const Entry& entry, std::string& records);
  void encode_params(const Entry& entry, std::string& records);
  void encode_histogram(const Entry& entry, std::string& records);
  void encode_image(const Entry& entry, std::string& records);

  const TensorBoardSetup setup_;
  const bool rebuilds_;
  const RunInfo* run_ = nullptr;
  Remarks* remarks_ = nullptr;
  std::filesystem::path folder_;
  std::shared_ptr<tensorboard::EventWriter> writer_;
  Position stored_;
  bool has_hparams_ = false;
};

/// From what options() said. The environment has no say in where a run goes on.
std::unique_ptr<Tracker> make_tensorboard(const Record& options, const Environment& environment);

}  // namespace baton::track
