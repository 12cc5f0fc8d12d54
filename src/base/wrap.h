// Lines for people to read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace baton {

/// The words of `text` in lines that end before column `width`, as if the first one began at `column`; the others are
/// indented to it. A word longer than its line stays whole.
std::string wrapped(std::string_view text, std::size_t column, std::size_t width);

}  // namespace baton
