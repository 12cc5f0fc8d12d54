// Whole files and folders: read, written so that it is on the disk, removed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "baton/core/errors.h"
#include "src/base/byte_sink.h"
#include "src/base/disk.h"

namespace baton {

/// A file or folder that could not be read or written. what() names the path and the system's reason.
class FileError : public Error {
 public:
  FileError(std::string_view action, const std::filesystem::path& path, int system_error);
};

/// The whole content. Throws FileError.
std::string read_file(const std::filesystem::path& path);
/// The same, block by block. Throws FileError, and what `take` throws.
void read_blocks(const std::filesystem::path& path, const std::function<void(std::span<const std::byte>)>& take);
/// Writes and waits until it is on the disk; an existing file is replaced. Throws FileError.
void write_file(const std::filesystem::path& path, std::string_view content);
/// Writes beside `path` and renames, so that `path` is complete or unchanged, on the disk in either case. Throws
/// FileError, and what `content` throws.
void replace_file(const std::filesystem::path& path, const std::function<void(ByteSink&)>& content);

/// As replace_file, for readers, but waits for no disk: after a power failure the file may be the old one, or empty.
/// Throws FileError.
void swap_file(Disk& disk, const std::filesystem::path& path, std::string_view content);

/// Waits until the names in the folder, or the content of a file, are on the disk. Throws FileError.
void sync_path(Disk& disk, const std::filesystem::path& path);
/// Renames. Throws FileError.
void rename_path(Disk& disk, const std::filesystem::path& from, const std::filesystem::path& to);
/// The folder and those above it, where they are not there. Throws FileError.
void make_folders(Disk& disk, const std::filesystem::path& folder);
/// A file, or a folder with everything in it; nothing happens if it is not there. Throws FileError.
void remove_path(Disk& disk, const std::filesystem::path& path);

}  // namespace baton
