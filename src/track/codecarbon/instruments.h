// Which instruments measure on this machine.
#pragma once

#include <vector>

#include "baton/core/notice.h"
#include "baton/track/codecarbon.h"
#include "src/track/codecarbon/emissions_row.h"
#include "src/track/codecarbon/meter.h"

namespace baton::track::carbon {

struct Instruments {
  MeterParts parts{};
  RowFacts facts{};  ///< those of the hardware
  std::vector<Notice> notices{};
  bool watches_load = false;  ///< estimates from levels, which change by the second
};

/// `machine` and `gpus`, which may be null, must outlive the parts.
Instruments make_instruments(const CodeCarbonOptions& options, const Machine& machine, const Gpus* gpus);

/// What a kWh stands for, and what to call it.
struct Origin {
  double grams_per_kwh = 0.0;
  std::string label{};  ///< "France 2023"
  std::string country_name{};
  std::string country_iso_code{};
};

/// The options must have been checked. Adds a notice if the figure is but a guess.
Origin origin_of(const CodeCarbonOptions& options, std::vector<Notice>& notices);

/// Every option that cannot be used, one line each.
std::vector<std::string> option_problems(const CodeCarbonOptions& options);

}  // namespace baton::track::carbon
