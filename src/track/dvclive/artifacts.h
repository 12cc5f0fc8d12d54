// Artifacts: files and folders that are kept in DVC's cache, as `dvc add` does it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "src/base/disk.h"
#include "src/track/dvclive/dvc_repository.h"

namespace baton::track {

/// `name` as the name of a file: everything but letters, digits, "-", "_" and "." becomes "-".
std::string artifact_file_name(std::string_view name);
/// True if dvc.yaml may list an artifact under this name.
bool is_artifact_name(std::string_view name);

/// Copies a file or folder to `target` and into the cache, and writes <target>.dvc and the .gitignore beside it. What
/// is there is replaced. Throws FileError.
void keep_artifact(Disk& disk, const DvcRepository& repository, const std::filesystem::path& source,
                   const std::filesystem::path& target);

}  // namespace baton::track
