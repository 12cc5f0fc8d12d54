#include "src/track/report/axis.h"

#include <charconv>
#include <cmath>

namespace baton::track::report {

namespace {

double round_distance(double distance) {
  const double power = std::pow(10.0, std::floor(std::log10(distance)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (distance <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10.0 * power;
}

std::string label_of(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 6);
  return {text, end};
}

}  // namespace

std::vector<Tick> ticks_between(double low, double high, int count) {
  const double distance = round_distance((high - low) / count);
  const double first = std::ceil(low / distance - 1e-9);
  std::vector<Tick> ticks;
  for (int i = 0; i <= 2 * count; ++i) {
    const double value = (first + i) * distance + 0.0;  // no "-0"
    if (value > high + 1e-9 * distance) break;
    ticks.push_back({value, label_of(value)});
  }
  return ticks;
}

}  // namespace baton::track::report
