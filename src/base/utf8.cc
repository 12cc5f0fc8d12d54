#include "src/base/utf8.h"

#include <array>

namespace baton {
namespace {

constexpr CodePoint kInvalid{kReplacementCharacter, 1};

struct Lead {
  std::size_t length = 0;  ///< bytes of the whole character; 0: no lead byte
  char32_t bits = 0;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1Fu};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0Fu};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07u};
  return {};
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
  if (lead.length == 0 || lead.length > text.size()) return kInvalid;
  char32_t value = lead.bits;
  for (const char c : text.substr(1, lead.length - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0u) != 0x80u) return kInvalid;
    value = (value << 6) | (byte & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[lead.length] || surrogate || value > 0x10FFFF) return kInvalid;
  return {value, lead.length};
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const bool broken = point.value == kReplacementCharacter && point.length == 1;
    valid += broken ? std::string_view("\xEF\xBF\xBD") : text.substr(0, point.length);
    text.remove_prefix(point.length);
  }
  return valid;
}

std::string shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t end = 0;
  for (std::size_t next = 0; next <= limit; next += first_code_point(text.substr(next)).length) end = next;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace baton
