#include "src/core/number_words.h"

#include <array>
#include <charconv>

#include "src/base/json.h"
#include "src/core/argument_values.h"

namespace baton {

std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
  const std::string plural = many.empty() ? one + "s" : many;
  return std::to_string(count) + " " + (count == 1 ? one : plural);
}

std::string number_words(double number) { return json::dump(plain_number(number)); }

std::string rate_words(double rate) {
  constexpr int kDigits = 4;
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), rate, std::chars_format::general, kDigits);
  return {text.data(), end.ptr};
}

}  // namespace baton
