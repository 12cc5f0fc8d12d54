// The small files in which Linux tells about the machine: /proc and /sys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace baton::track::carbon {

/// All of it. Nothing if it cannot be read; errno says why.
std::optional<std::string> read_system_file(const std::filesystem::path& path);

/// The number that the file begins with. Nothing if it cannot be read or begins with none.
std::optional<std::uint64_t> read_count(const std::filesystem::path& path);

/// True if the file is there but this user may not read it.
bool is_forbidden(const std::filesystem::path& path);

/// The text without blanks and line ends around it.
std::string_view trimmed(std::string_view text);

}  // namespace baton::track::carbon
