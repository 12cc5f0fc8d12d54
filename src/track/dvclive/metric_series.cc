#include "src/track/dvclive/metric_series.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "src/base/files.h"

namespace baton::track {
namespace {

/// As Python's csv module writes a field between tabs.
std::string field(std::string_view text) {
  if (text.find_first_of("\t\n\r\"") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

void write_all(Disk& disk, int descriptor, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t count = disk.write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) throw FileError("write", file, errno);
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Appends, after the file was cut to that size if one is given.
void append(Disk& disk, const std::filesystem::path& file, std::optional<std::size_t> cut_to, std::string_view bytes) {
  const int descriptor = disk.open_to_append(file.c_str());
  if (descriptor < 0) throw FileError("open", file, errno);
  try {
    if (cut_to && disk.truncate(descriptor, *cut_to) != 0) throw FileError("cut", file, errno);
    write_all(disk, descriptor, bytes, file);
  } catch (...) {
    disk.close(descriptor);
    throw;
  }
  if (disk.close(descriptor) != 0) throw FileError("write", file, errno);
}

}  // namespace

MetricSeries::MetricSeries(std::filesystem::path file, std::string_view column)
    : file_(std::move(file)), unsaved_("step\t" + field(column) + "\n") {}

void MetricSeries::add(std::int64_t step, std::string_view value) {
  if (has_rows_ && step == last_step_) {
    if (last_row_ < saved_) {
      saved_ = last_row_;
      must_cut_ = true;
    }
    unsaved_.resize(last_row_ - saved_);
  }
  last_row_ = saved_ + unsaved_.size();
  last_step_ = step;
  has_rows_ = true;
  unsaved_.append(std::to_string(step)).append("\t").append(field(value)).append("\n");
}

void MetricSeries::save(Disk& disk) {
  if (unsaved_.empty()) return;
  if (saved_ == 0) make_folders(disk, file_.parent_path());
  const bool must_cut = std::exchange(must_cut_, true);
  append(disk, file_, must_cut ? std::optional<std::size_t>(saved_) : std::nullopt, unsaved_);
  must_cut_ = false;
  saved_ += unsaved_.size();
  unsaved_.clear();
}

}  // namespace baton::track
