// A row of emissions.csv: the 38 columns of CodeCarbon 3.3.2.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "src/track/codecarbon/totals.h"

namespace baton::track::carbon {

inline constexpr std::array<std::string_view, 38> kColumns = {"timestamp",
                                                              "project_name",
                                                              "run_id",
                                                              "experiment_id",
                                                              "duration",
                                                              "emissions",
                                                              "emissions_rate",
                                                              "cpu_power",
                                                              "gpu_power",
                                                              "ram_power",
                                                              "cpu_energy",
                                                              "gpu_energy",
                                                              "ram_energy",
                                                              "energy_consumed",
                                                              "water_consumed",
                                                              "country_name",
                                                              "country_iso_code",
                                                              "region",
                                                              "cloud_provider",
                                                              "cloud_region",
                                                              "os",
                                                              "python_version",
                                                              "codecarbon_version",
                                                              "cpu_count",
                                                              "cpu_model",
                                                              "gpu_count",
                                                              "gpu_model",
                                                              "longitude",
                                                              "latitude",
                                                              "ram_total_size",
                                                              "tracking_mode",
                                                              "cpu_utilization_percent",
                                                              "gpu_utilization_percent",
                                                              "ram_utilization_percent",
                                                              "ram_used_gb",
                                                              "on_cloud",
                                                              "pue",
                                                              "wue"};

/// What a row tells beside the totals. What Baton does not know is an empty field.
struct RowFacts {
  std::string project_name{};
  std::string run_id{};
  std::string experiment_id{};
  std::string country_name{};
  std::string country_iso_code{};
  std::string region{};
  int cpu_count = 0;
  std::string cpu_model{};
  std::size_t gpu_count = 0;
  std::string gpu_model{};
  double ram_total_gb = 0.0;
  std::string tracking_mode{};
  double pue = 1.0;
  double wue = 0.0;
};

/// The fields in the order of kColumns; numbers as pandas writes them. `timestamp` is local time without a zone:
/// 2026-11-23T00:42:09.
std::vector<std::string> emissions_row(const RowFacts& facts, const Totals& totals, const std::string& timestamp);

/// The totals that such a row tells, its fields being under the columns of `header`; numbers that are missing or none
/// count as 0.
Totals totals_of(const std::vector<std::string>& header, const std::vector<std::string>& row);

/// "2026-11-23T00:42:09", now.
std::string local_timestamp();

/// A random UUID (version 4), as CodeCarbon names runs.
std::string new_run_id();

}  // namespace baton::track::carbon
