// EventWriter: writes an event file that TensorBoard shows. TensorBoardCallback uses one; a program of its own may,
// too:
//
//   baton::tensorboard::EventWriter writer("runs/simulation");
//   for (int step = 0; step < 100; ++step) writer.add_scalar("energy", energy(step), step);
//   const baton::track::Status status = writer.close();
//
// What the file holds: docs/trackers/tensorboard.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "baton/core/events.h"
#include "baton/core/value.h"
#include "baton/track/status.h"

namespace baton {
class Disk;
}

namespace baton::tensorboard {

/// Counts of values: bin i begins at edges[i] and ends at edges[i + 1].
struct Histogram {
  std::span<const double> edges;  ///< ascending, one more than counts
  std::span<const double> counts;
};

struct Image {
  std::int64_t width = 0;  ///< pixels
  std::int64_t height = 0;
  std::string_view png;  ///< a whole PNG file
};

/// The name of an event file: events.out.tfevents.<seconds>.<host>.<pid>.<number><suffix>. Readers take the files of a
/// folder in the order of their names.
struct EventFileName {
  std::int64_t not_before = 0;        ///< the seconds are the clock's, but at least these
  std::optional<std::string> host{};  ///< unset: this machine
  std::optional<std::int64_t> pid{};  ///< unset: this process
  std::string suffix{};
};

struct EventWriterOptions {
  EventFileName name{};
  /// What older files of the folder hold from this step on no longer counts: for a program that goes on from there.
  /// Unset: all of it counts.
  std::optional<std::int64_t> first_step{};
  std::function<std::int64_t()> now_ns{};  ///< wall time since 1970; empty: the system's
  std::shared_ptr<Disk> disk{};            ///< null: the system's
};

/// One new event file. Only whole records get into it, at flush() and whenever 64 KiB have gathered, in one write. If
/// that fails the file ends with its last whole record, and the others wait for the next try; beyond 16 MiB they are
/// dropped. Steps of a tag should ascend: TensorBoard shows one value a step. Texts and tags that are not UTF-8 are
/// mended. Thread-safe.
class EventWriter {
 public:
  /// The folder and the file are made by open() or with the first write.
  explicit EventWriter(std::filesystem::path folder, EventWriterOptions options = {});
  /// As flush(), saying nothing.
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Kept as a 32-bit float, by TensorBoard too; NaN and the infinities are shown as such.
  void add_scalar(std::string_view tag, double value, std::int64_t step);
  /// Markdown. It is shown under the tag "<tag>/text_summary", as PyTorch's writer has it.
  void add_text(std::string_view tag, std::string_view text, std::int64_t step);
  void add_histogram(std::string_view tag, const Histogram& histogram, std::int64_t step);
  void add_image(std::string_view tag, const Image& image, std::int64_t step);
  /// A row of the hparams table: numbers, booleans and texts of `hparams`; its metrics are the scalars of this file.
  /// TensorBoard looks at the first one in a folder only.
  void add_hparams(const Record& hparams);
  /// How it ended: the status in the hparams table, of which again the first counts.
  void add_end(RunStatus status);
  /// Writes records made elsewhere, framed and whole, after those added so far: all of them or, with a fault, none.
  track::Status write(std::string_view records);

  /// Makes the folder and the file if there are none yet.
  track::Status open();
  /// Hands everything added so far to the system, so that it survives the end of the process. kRefused: it did, but
  /// something was dropped since the last call.
  track::Status flush();

  const std::filesystem::path& folder() const;
  /// Empty while there is no file.
  std::filesystem::path path() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace baton::tensorboard
