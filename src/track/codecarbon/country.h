// How much carbon dioxide a country's electricity stands for.
#pragma once

#include <string_view>

namespace baton::track::carbon {

struct Country {
  std::string_view iso_code;  ///< ISO 3166-1 alpha-3: "FRA"
  std::string_view name;
  double grams_per_kwh;  ///< CO2 equivalent, over the life of the power plants
  int year;              ///< that the figure is of
};

inline constexpr double kWorldGramsPerKwh = 475.0;  ///< CodeCarbon's figure for the world (IEA, 2018)

/// Null if there is no figure. Capital letters only.
const Country* find_country(std::string_view iso_code);
/// The country whose name comes nearest to what was typed; null if none does.
const Country* guess_country(std::string_view typed);

}  // namespace baton::track::carbon
