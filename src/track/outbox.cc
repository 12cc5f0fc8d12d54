#include "src/track/outbox.h"

#include <charconv>
#include <system_error>

namespace baton::track {

namespace fs = std::filesystem;

namespace {

std::uint64_t bytes_in(const fs::path& path) {
  if (fs::is_regular_file(path)) return fs::file_size(path);
  std::uint64_t bytes = 0;
  std::error_code absent;
  for (const auto& file : fs::recursive_directory_iterator(path, absent)) {
    if (file.is_regular_file()) bytes += file.file_size();
  }
  return bytes;
}

void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code cannot;
  fs::create_hard_link(from, to, cannot);
  if (cannot) fs::copy_file(from, to);
}

void take_tree(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from)) return link_or_copy(from, to);
  fs::create_directories(to);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path there = to / entry.path().lexically_relative(from);
    if (entry.is_directory()) {
      fs::create_directories(there);
    } else if (entry.is_regular_file()) {
      link_or_copy(entry.path(), there);
    }
  }
}

}  // namespace

Outbox::Outbox(fs::path run_folder, std::uint64_t most_bytes)
    : run_folder_(std::move(run_folder)), most_bytes_(most_bytes) {}

std::optional<fs::path> Outbox::take(const fs::path& source, std::uint64_t sequence) {
  const fs::path place = fs::path("outbox") / std::to_string(sequence) / source.filename();
  try {
    const std::uint64_t bytes = bytes_in(source);
    if (const std::uint64_t held = bytes_in(run_folder_ / "outbox"); held + bytes > most_bytes_) {
      problem_ = std::to_string(bytes) + " bytes are more than the outbox has room for (" + std::to_string(held) +
                 " of " + std::to_string(most_bytes_) + " bytes wait for trackers)";
      return std::nullopt;
    }
    fs::create_directories((run_folder_ / place).parent_path());
    take_tree(source, run_folder_ / place);
    return place;
  } catch (const fs::filesystem_error& error) {
    problem_ = error.what();
    drop(place);
    return std::nullopt;
  }
}

void Outbox::drop(const fs::path& place) {
  std::error_code ignored;
  fs::remove_all((run_folder_ / place).parent_path(), ignored);
}

void Outbox::release(std::uint64_t sequence) {
  std::error_code ignored;
  for (const auto& folder : fs::directory_iterator(run_folder_ / "outbox", ignored)) {
    const std::string name = folder.path().filename().string();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size() && number <= sequence) {
      fs::remove_all(folder.path(), ignored);
    }
  }
}

}  // namespace baton::track
