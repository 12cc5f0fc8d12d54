// Which commit of a Git repository a program was built in.
#pragma once

#include <filesystem>
#include <string>

namespace baton::track {

/// The 40 digits of HEAD in the repository around `file`; empty if there is none, or no commit in it.
std::string git_commit_around(const std::filesystem::path& file);

}  // namespace baton::track
