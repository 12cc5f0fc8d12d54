// What a record of an event file says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/value.h"

namespace baton::tensorboard {

/// One value of a file. `kind` is the plugin that shows it, `value` as far as it is known:
///
///     file_version  text            scalars     number
///     session       "start", ...    text        text, or a list of them
///     histograms    rows [left edge, right edge, count]
///     images        record: width, height, bytes (of the encoded file)
///     hparams       record: what the run began with, or "status" (1 success, 2 failure)
struct FileEvent {
  double wall_time = 0.0;  ///< seconds since 1970
  std::int64_t step = 0;
  std::string kind{};
  std::string tag{};
  Value value{};
};

/// Appends the values of a record, of other writers too. False if it is no Event message; then nothing is appended.
bool decode_event(std::string_view payload, std::vector<FileEvent>& events);

}  // namespace baton::tensorboard
