// The records of an event file: protocol buffers in a frame of lengths and checksums (docs/trackers/tensorboard.md).
// Each function appends one whole record.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "baton/track/event_writer.h"

namespace baton::tensorboard {

/// Where in a run something belongs.
struct Moment {
  std::int64_t time_ns = 0;  ///< wall time since 1970
  std::int64_t step = 0;
};

struct Scalar {
  std::string tag;
  double value = 0.0;
};

/// The checksum of a frame: CRC-32C, turned and shifted so that records may hold records.
std::uint32_t masked_crc(std::string_view bytes);

/// What every file begins with.
void add_file_version(std::string& records, std::int64_t time_ns);
/// A process begins to write: what was read from the step on, in this folder, does not count.
void add_restart(std::string& records, Moment moment);
void add_scalars(std::string& records, Moment moment, std::span<const Scalar> scalars);
void add_text(std::string& records, Moment moment, std::string_view tag, std::string_view text);
void add_histogram(std::string& records, Moment moment, std::string_view tag, const Histogram& histogram);
void add_image(std::string& records, Moment moment, std::string_view tag, const Image& image);
void add_session_start(std::string& records, Moment moment, const Record& hparams);
void add_session_end(std::string& records, Moment moment, RunStatus status);

}  // namespace baton::tensorboard
