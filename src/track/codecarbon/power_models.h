// What a processor and memory without a counter draw, by CodeCarbon's models (docs/trackers/codecarbon.md).
#pragma once

#include <optional>
#include <string_view>

namespace baton::track::carbon {

inline constexpr double kWattsPerThread = 4.0;  ///< of a processor whose model is not known

/// Of the whole machine: a tenth of the thermal design power when idle, growing with the cube of the load (0 to 1).
double cpu_watts(double tdp_watts, double load);
/// Of one process that was on a processor for `cpu_seconds` of `seconds`, on a machine with so many threads.
double process_watts(double tdp_watts, double cpu_seconds, double seconds, int threads);

/// How many memory modules a machine of that size probably has.
int memory_modules(double gigabytes);
/// Of that many GB (1024³ bytes): so much a module, less for each from the fifth on.
double memory_watts(double gigabytes, bool is_arm);

/// The thermal design power of a processor by its name in /proc/cpuinfo. Nothing if it is not in the table
/// (cpu_table.cc).
std::optional<double> tdp_watts(std::string_view cpu_model);

}  // namespace baton::track::carbon
