// The event files of a folder, and what their names tell.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "baton/track/event_writer.h"

namespace baton::tensorboard {

/// The file's name but for its number and suffix.
std::string event_file_stem(const EventFileName& name, std::int64_t now_ns);
/// The seconds in an event file's name; 0 if there are none.
std::int64_t event_file_seconds(const std::filesystem::path& file);
/// The files in the folder that TensorBoard would read and whose names end in `suffix`, in its order. None if the
/// folder is not there or cannot be read.
std::vector<std::filesystem::path> event_files(const std::filesystem::path& folder, std::string_view suffix = "");

}  // namespace baton::tensorboard
