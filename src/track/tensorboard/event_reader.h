// Reads event files back.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/track/tensorboard/event_decoder.h"

namespace baton::tensorboard {

struct EventFileContent {
  std::vector<FileEvent> events{};
  std::size_t whole = 0;  ///< bytes of the good records
  std::size_t torn = 0;   ///< bytes of a last record that is not all there, as a kill or a full disk leaves it
  std::string damage{};   ///< why what follows the good records was not read; empty: all was
};

/// Never throws for what the bytes are.
EventFileContent read_events(std::string_view bytes);
/// Throws FileError.
EventFileContent read_event_file(const std::filesystem::path& file);

}  // namespace baton::tensorboard
