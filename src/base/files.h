// Whole files, read and written so that a crash leaves either the old or the new content.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "baton/core/errors.h"

namespace baton {

/// A file or folder that could not be read or written. what() names the path and the system's reason.
class FileError : public Error {
 public:
  FileError(std::string_view action, const std::filesystem::path& path, int system_error);
};

/// The whole content. Throws FileError.
std::string read_file(const std::filesystem::path& path);
/// Writes and waits until it is on the disk; an existing file is replaced. Throws FileError.
void write_file(const std::filesystem::path& path, std::string_view content);
/// Waits until the names in the folder, or the content of a file, are on the disk. Throws FileError.
void sync_path(const std::filesystem::path& path);

}  // namespace baton
