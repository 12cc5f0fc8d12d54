#include "src/track/codecarbon/machine.h"

#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "src/track/codecarbon/system_file.h"

namespace baton::track::carbon {

namespace {

constexpr double kBytesPerGb = 1024.0 * 1024.0 * 1024.0;

/// Calls `take` with each line until it returns false.
void each_line(std::string_view text, const std::function<bool(std::string_view)>& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!take(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// The whole numbers in a text; what else is in it parts them.
std::vector<std::uint64_t> numbers_in(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  for (const char* at = text.data(); at < text.data() + text.size();) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(at, text.data() + text.size(), number);
    if (error == std::errc()) numbers.push_back(number);
    at = end > at ? end : at + 1;
  }
  return numbers;
}

/// The value of a line "key : value" or "key: value".
std::string_view value_of(std::string_view line, std::string_view key) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || trimmed(line.substr(0, colon)) != key) return {};
  return trimmed(line.substr(colon + 1));
}

std::string system_text(const std::filesystem::path& path) { return read_system_file(path).value_or(std::string()); }

utsname system_names() {
  utsname names{};
  if (::uname(&names) != 0) names = utsname{};
  return names;
}

}  // namespace

double load_between(const CpuTimes& before, const CpuTimes& after) {
  if (after.total <= before.total || after.busy <= before.busy) return 0.0;
  const double share = static_cast<double>(after.busy - before.busy) / static_cast<double>(after.total - before.total);
  return std::min(share, 1.0);
}

std::string Machine::cpu_model() const {
  std::string model;
  each_line(system_text(root_ / "proc/cpuinfo"), [&](std::string_view line) {
    for (const std::string_view key : {"model name", "Model", "Hardware"}) {
      if (model.empty()) model = value_of(line, key);
    }
    return !line.starts_with("model name");
  });
  return model;
}

int Machine::cpu_threads() const {
  int threads = 0;
  each_line(system_text(root_ / "proc/stat"), [&](std::string_view line) {
    if (line.starts_with("cpu") && !line.starts_with("cpu ")) ++threads;
    return line.starts_with("cpu");
  });
  return std::max(threads, 1);
}

int Machine::cpu_sockets() const {
  std::set<std::string> sockets;
  each_line(system_text(root_ / "proc/cpuinfo"), [&](std::string_view line) {
    if (const std::string_view id = value_of(line, "physical id"); !id.empty()) sockets.emplace(id);
    return true;
  });
  return std::max(static_cast<int>(sockets.size()), 1);
}

std::optional<CpuTimes> Machine::cpu_times() const {
  const std::string text = system_text(root_ / "proc/stat");
  if (!text.starts_with("cpu ")) return std::nullopt;
  // user nice system idle iowait irq softirq steal; guests, which follow, are a part of user and nice
  std::vector<std::uint64_t> ticks = numbers_in(std::string_view(text).substr(0, text.find('\n')));
  if (ticks.size() < 5) return std::nullopt;
  ticks.resize(std::min<std::size_t>(ticks.size(), 8));
  CpuTimes times;
  for (const std::uint64_t part : ticks) times.total += part;
  times.busy = times.total - ticks[3] - ticks[4];
  return times;
}

Memory Machine::memory() const {
  double total = 0.0;
  double available = 0.0;
  each_line(system_text(root_ / "proc/meminfo"), [&](std::string_view line) {
    const std::vector<std::uint64_t> kilobytes = numbers_in(line);
    if (kilobytes.empty()) return true;
    const double gigabytes = static_cast<double>(kilobytes[0]) * 1024.0 / kBytesPerGb;
    if (line.starts_with("MemTotal:")) total = gigabytes;
    if (line.starts_with("MemAvailable:")) available = gigabytes;
    return available == 0.0;
  });
  return {.total = total, .used = std::max(total - available, 0.0)};
}

std::optional<double> Machine::process_cpu_seconds() const {
  const std::string text = system_text(root_ / "proc/self/stat");
  // "pid (name) state ...": the name may hold anything, so count from behind its bracket.
  const std::size_t bracket = text.rfind(')');
  if (bracket == std::string::npos || bracket + 4 > text.size()) return std::nullopt;
  const std::vector<std::uint64_t> fields = numbers_in(std::string_view(text).substr(bracket + 4));
  constexpr std::size_t kUserTime = 10;  // field 14 of proc(5), and 4 is the first here
  if (fields.size() < kUserTime + 2) return std::nullopt;
  const auto ticks = static_cast<double>(fields[kUserTime] + fields[kUserTime + 1]);
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double Machine::process_memory() const {
  const std::vector<std::uint64_t> pages = numbers_in(system_text(root_ / "proc/self/statm"));
  if (pages.size() < 2) return 0.0;
  return static_cast<double>(pages[1]) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / kBytesPerGb;
}

std::string platform_name() {
  const utsname names = system_names();
  std::string text = std::string(names.sysname) + "-" + names.release + "-" + names.machine;
#ifdef __GLIBC__
  text.append("-with-glibc").append(::gnu_get_libc_version());
#endif
  return text;
}

bool is_arm_machine() {
  const std::string machine = system_names().machine;
  return machine.find("arm") != std::string::npos || machine.find("aarch") != std::string::npos;
}

}  // namespace baton::track::carbon
