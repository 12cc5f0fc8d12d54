// Machine: what /proc tells about the computer and this process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace baton::track::carbon {

/// Processor time since the machine started, of all its threads together.
struct CpuTimes {
  std::uint64_t busy = 0;   ///< in ticks
  std::uint64_t total = 0;  ///< busy and idle
};

/// The share that was busy between two readings, 0 to 1.
double load_between(const CpuTimes& before, const CpuTimes& after);

/// In GB of 1024³ bytes.
struct Memory {
  double total = 0.0;
  double used = 0.0;  ///< neither free nor to be had at once
};

/// Reads anew at each call. What cannot be read is absent, 0 or "".
class Machine {
 public:
  /// /proc lies under `root`.
  explicit Machine(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }

  std::string cpu_model() const;
  int cpu_threads() const;  ///< at least 1
  int cpu_sockets() const;  ///< at least 1
  std::optional<CpuTimes> cpu_times() const;
  Memory memory() const;

  std::optional<double> process_cpu_seconds() const;  ///< of this process so far
  double process_memory() const;                      ///< resident, in GB

 private:
  std::filesystem::path root_;
};

/// As Python's platform.platform(): "Linux-6.1.0-x86_64-with-glibc2.36".
std::string platform_name();
bool is_arm_machine();

}  // namespace baton::track::carbon
