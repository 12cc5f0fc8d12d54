#include "src/base/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace baton {
namespace {

/// The shortest text in `format`; the longest one is a fixed "-0.000..." of 17 digits, far below the buffer's size.
std::string shortest(double value, std::chars_format format) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return {buffer.data(), end.ptr};
}

int exponent_of(std::string_view scientific) {
  const std::size_t sign = scientific.find('e') + 1;
  int exponent = 0;
  std::from_chars(scientific.data() + sign + 1, scientific.data() + scientific.size(), exponent);
  return scientific[sign] == '-' ? -exponent : exponent;
}

}  // namespace

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string scientific = shortest(value, std::chars_format::scientific);
  const int exponent = exponent_of(scientific);
  if (exponent < -4 || exponent >= 16) return scientific;
  std::string fixed = shortest(value, std::chars_format::fixed);
  if (fixed.find('.') == std::string::npos) fixed += ".0";
  return fixed;
}

double python_round(double value, int decimals) {
  if (!std::isfinite(value)) return value;
  std::array<char, 512> text{};  // the largest double has 309 digits before the point
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
  double result = 0.0;
  std::from_chars(text.data(), written.ptr, result);
  return result;
}

}  // namespace baton
