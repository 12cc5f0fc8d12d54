#include "src/track/codecarbon/text.h"

#include <charconv>

namespace baton::track::carbon {

std::string short_number(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 3);
  return {text, end};
}

std::string amount(double thousands, const char* unit) {
  if (thousands >= 1.0) return short_number(thousands) + " k" + unit;
  return short_number(thousands * 1e3) + " " + unit;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

}  // namespace baton::track::carbon
