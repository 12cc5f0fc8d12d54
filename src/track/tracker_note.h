// TrackerNote: what is remembered about a tracker beside its run's journal, `trackers/<name>.json`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/value.h"
#include "baton/track/entry.h"
#include "src/base/disk.h"

namespace baton::track {

/// What an append-only sink had been given when a resume made some of it undone.
struct Undone {
  std::uint64_t rewind = 0;  ///< sequence of the kRewind
  std::uint64_t held = 0;    ///< up to here the sink had the entries that counted before it
};

struct TrackerNote {
  std::string tracker;           ///< its name in report_to
  Record options;                ///< Tracker::options()
  Record memory;                 ///< what the tracker keeps
  Position position;             ///< the sink holds everything up to here
  Position attempted;            ///< and an append-only one perhaps up to here: an answer may have been lost
  bool finished = false;         ///< the sink knows that the run has ended
  std::int64_t refused = 0;      ///< entries that the sink would not take
  std::vector<Undone> undone{};  ///< of append-only sinks

  Record to_record() const;
  /// Throws Error that begins with `where`.
  static TrackerNote from_text(const std::string& text, const std::string& where);
};

std::filesystem::path note_path(const std::filesystem::path& run_folder, const std::string& key);
/// The note, or nothing if there is none. Throws Error.
std::optional<TrackerNote> read_note(const std::filesystem::path& file);
/// In one step, without waiting for the disk: after a power failure an older note may be there, and entries are
/// delivered again. Throws FileError.
void write_note(Disk& disk, const std::filesystem::path& file, const TrackerNote& note);

}  // namespace baton::track
