// Totals: what a run used so far.
#pragma once

#include <string_view>

#include "baton/core/value.h"

namespace baton::track::carbon {

struct Totals {
  double seconds = 0.0;
  double cpu_kwh = 0.0;  ///< with the data centre's share (PUE), as all energies here
  double gpu_kwh = 0.0;
  double ram_kwh = 0.0;
  double emissions_kg = 0.0;
  double water_litres = 0.0;
  // Levels summed over time; divided by `seconds` they are means.
  double cpu_percent_seconds = 0.0;
  double gpu_percent_seconds = 0.0;
  double ram_percent_seconds = 0.0;
  double ram_gb_seconds = 0.0;

  double kwh() const { return cpu_kwh + gpu_kwh + ram_kwh; }
  double mean(double sum_over_time) const { return seconds > 0.0 ? sum_over_time / seconds : 0.0; }
  double mean_watts(double kwh) const { return mean(kwh * 3.6e6); }

  friend bool operator==(const Totals&, const Totals&) = default;
};

/// Calls `visit(name, number)` for each number.
template <class AnyTotals, class Visit>
void for_each_total(AnyTotals& totals, Visit visit) {
  visit("seconds", totals.seconds);
  visit("cpu_kwh", totals.cpu_kwh);
  visit("gpu_kwh", totals.gpu_kwh);
  visit("ram_kwh", totals.ram_kwh);
  visit("emissions_kg", totals.emissions_kg);
  visit("water_litres", totals.water_litres);
  visit("cpu_percent_seconds", totals.cpu_percent_seconds);
  visit("gpu_percent_seconds", totals.gpu_percent_seconds);
  visit("ram_percent_seconds", totals.ram_percent_seconds);
  visit("ram_gb_seconds", totals.ram_gb_seconds);
}

}  // namespace baton::track::carbon
