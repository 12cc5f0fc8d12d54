// UTF-8, read tolerantly: texts come from users, files and the system and may hold any bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace baton {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< bytes it took
};

/// The first character of `text`, which is not empty. A byte that starts no valid character (overlong forms, surrogates
/// and values above U+10FFFF are none) counts alone, as U+FFFD.
CodePoint first_code_point(std::string_view text);

/// `text` with U+FFFD in place of every byte that belongs to no valid character.
std::string valid_utf8(std::string_view text);

/// `text` for a message: if it is longer than `limit` bytes, the whole characters that fit and "...".
std::string shortened(std::string_view text, std::size_t limit);

}  // namespace baton
