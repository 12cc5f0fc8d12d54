// What baton inspect says of TensorBoard's event files, Baton's and those of others.
#pragma once

#include <filesystem>
#include <string>

namespace baton::tools {

/// By its name, as TensorBoard does.
bool is_event_file(const std::filesystem::path& path);
/// A line for each tag: how many values, the steps, the last one. Throws FileError.
std::string events_text(const std::filesystem::path& file);
/// Every value, as JSON. Throws FileError.
std::string events_json(const std::filesystem::path& file);

}  // namespace baton::tools
