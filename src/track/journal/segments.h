// The files of a journal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace baton::track::journal {

/// `journal-000001.btj`.
std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number);
/// The numbers of those that are there, ascending; none if there is no such folder.
std::vector<std::uint64_t> segment_numbers(const std::filesystem::path& folder);
/// Locked by the process that writes.
std::filesystem::path lock_path(const std::filesystem::path& folder);

}  // namespace baton::track::journal
