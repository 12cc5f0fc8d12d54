#include "src/core/manifest.h"

#include <algorithm>

#include "baton/core/errors.h"
#include "src/base/crc32.h"
#include "src/base/files.h"
#include "src/base/json.h"

namespace baton {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kFormat = 1;

class Parser {
 public:
  explicit Parser(const std::string& where) : where_(where) {}

  Manifest manifest(const Value& value) const {
    const Record& record = object(value, "it");
    if (const std::int64_t format = integer(record, "format"); format != kFormat) {
      fail("format " + std::to_string(format) + " is not known; expected " + std::to_string(kFormat));
    }
    const Value* files = record.find("files");
    if (files == nullptr || files->list() == nullptr) fail("\"files\" is not a list");
    Manifest manifest;
    for (const Value& entry : *files->list()) manifest.files.push_back(file(object(entry, "a file")));
    return manifest;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const { throw CheckpointError(where_ + ": " + problem); }

  const Record& object(const Value& value, const std::string& what) const {
    if (const Record* record = value.record()) return *record;
    fail(what + " is not a JSON object");
  }
  std::int64_t integer(const Record& record, const char* key) const {
    const Value* value = record.find(key);
    if (value == nullptr || value->integer() == nullptr) fail("\"" + std::string(key) + "\" is not an integer");
    return *value->integer();
  }
  /// A checkpoint's files lie in its folder, so that a manifest cannot make anybody read others.
  std::string name(const Record& record) const {
    const Value* value = record.find("name");
    const std::string* text = value ? value->text() : nullptr;
    if (text == nullptr) fail("\"name\" is not a text");
    const fs::path path = *text;
    if (path.empty() || path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end()) {
      fail("\"" + *text + "\" is no file of the checkpoint");
    }
    return *text;
  }
  ManifestFile file(const Record& record) const {
    return {.name = name(record),
            .bytes = static_cast<std::uint64_t>(integer(record, "bytes")),
            .crc32 = static_cast<std::uint32_t>(integer(record, "crc32"))};
  }

  const std::string& where_;
};

}  // namespace

const ManifestFile* Manifest::find(const std::string& name) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const ManifestFile& f) { return f.name == name; });
  return found == files.end() ? nullptr : &*found;
}

std::string Manifest::to_json() const {
  Value::List list;
  for (const ManifestFile& file : files) {
    list.push_back(Record{{"name", file.name},
                          {"bytes", static_cast<std::int64_t>(file.bytes)},
                          {"crc32", static_cast<std::int64_t>(file.crc32)}});
  }
  return json::dump_pretty(Record{{"format", kFormat}, {"files", std::move(list)}}) + "\n";
}

Manifest Manifest::from_json(const std::string& text, const std::string& where) {
  try {
    return Parser(where).manifest(json::parse(text, where));
  } catch (const JsonError& error) {
    throw CheckpointError(error.what());
  }
}

ManifestFile describe_file(const fs::path& folder, const std::string& name) {
  ManifestFile found{.name = name};
  read_blocks(folder / name, [&](std::span<const std::byte> block) {
    found.bytes += block.size();
    found.crc32 = crc32(block, found.crc32);
  });
  return found;
}

void check_files(const Manifest& manifest, const fs::path& folder) {
  for (const ManifestFile& expected : manifest.files) {
    const std::string where = (folder / expected.name).string();
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(folder / expected.name, error);
    if (error) throw CheckpointError(where + " cannot be read: " + error.message());
    if (bytes != expected.bytes) {
      throw CheckpointError(where + " has " + std::to_string(bytes) + " bytes, expected " +
                            std::to_string(expected.bytes));
    }
    try {
      if (describe_file(folder, expected.name) == expected) continue;
    } catch (const FileError& failure) {
      throw CheckpointError(failure.what());
    }
    throw CheckpointError(where + " is damaged: its checksum differs from the one in " + kManifestFile);
  }
}

std::optional<Manifest> read_manifest(const fs::path& folder) {
  const fs::path path = folder / kManifestFile;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  try {
    return Manifest::from_json(read_file(path), path.string());
  } catch (const FileError& error) {
    throw CheckpointError(error.what());
  }
}

}  // namespace baton
