// What a person probably meant.
#pragma once

#include <string_view>
#include <vector>

namespace baton {

/// The candidate nearest to `word`: the first that contains it, else the one that the fewest insertions, deletions
/// and replacements of a byte lead to, if they are at most half as many as `word` has. Empty if none is near.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace baton
