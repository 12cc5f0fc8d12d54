#include "src/track/tensorboard/event_files.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "src/base/host_name.h"

namespace baton::tensorboard {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";

}  // namespace

std::string event_file_stem(const EventFileName& name, std::int64_t now_ns) {
  const std::string seconds = std::to_string(std::max(now_ns / 1'000'000'000, name.not_before));
  const std::string padding(seconds.size() < 10 ? 10 - seconds.size() : 0, '0');  // names sort as numbers do
  return std::string(kPrefix) + padding + seconds + "." + name.host.value_or(host_name()) + "." +
         std::to_string(name.pid.value_or(getpid()));
}

std::int64_t event_file_seconds(const fs::path& file) {
  const std::string name = file.filename().string();
  std::int64_t seconds = 0;
  if (name.rfind(kPrefix, 0) == 0) std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), seconds);
  return seconds;
}

std::vector<fs::path> event_files(const fs::path& folder, std::string_view suffix) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.find("tfevents") != std::string::npos && name.ends_with(suffix)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace baton::tensorboard
