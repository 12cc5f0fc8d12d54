// Manifest: which files a checkpoint consists of. It is written last, so that a folder with a manifest was finished,
// and read first, so that damage is found before anything is loaded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace baton {

inline constexpr const char* kManifestFile = "manifest.json";

struct ManifestFile {
  std::string name;  ///< relative to the folder
  std::uint64_t bytes = 0;
  std::uint32_t crc32 = 0;

  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

struct Manifest {
  std::vector<ManifestFile> files;

  const ManifestFile* find(const std::string& name) const;
  std::string to_json() const;
  /// Throws CheckpointError that begins with `where`.
  static Manifest from_json(const std::string& text, const std::string& where);
};

/// A file as it lies there. Throws FileError.
ManifestFile describe_file(const std::filesystem::path& folder, const std::string& name);

/// Compares every byte of the listed files. Throws CheckpointError that names the first file that is missing or
/// differs. Files that the manifest does not know do not matter.
void check_files(const Manifest& manifest, const std::filesystem::path& folder);

/// The manifest in a folder, or nothing. Throws CheckpointError if it cannot be read.
std::optional<Manifest> read_manifest(const std::filesystem::path& folder);

}  // namespace baton
