// What baton inspect says of a run's journal.
#pragma once

#include <filesystem>
#include <string>

namespace baton::tools {

/// Whether the path is a run's folder, one of its segments, or an output directory with runs and no checkpoint files of
/// its own.
bool is_journal(const std::filesystem::path& path);
/// The run, how far it came, its last values and where its trackers stand; of every run there.
std::string journal_text(const std::filesystem::path& path);
/// The same, with every entry, as JSON.
std::string journal_json(const std::filesystem::path& path);

}  // namespace baton::tools
