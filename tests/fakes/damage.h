// Damage for readers of files: every cut and every flipped bit of a good text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace baton::fakes {

/// Calls `read` with every damaged copy of `good`: it must return or throw an Expected, nothing else. Returns how many
/// copies were refused.
template <class Expected, class Read>
int count_refused_damage(std::string_view good, Read read) {
  int refused = 0;
  const auto try_one = [&](const std::string& damaged, std::size_t at, std::string_view how) {
    try {
      read(damaged);
    } catch (const Expected&) {
      ++refused;
    } catch (const std::exception& error) {
      ADD_FAILURE() << how << " at byte " << at << ": " << error.what();
    }
  };
  for (std::size_t at = 0; at < good.size(); ++at) {
    try_one(std::string(good.substr(0, at)), at, "cut");
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged(good);
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1u << bit));
      try_one(damaged, at, "flipped bit " + std::to_string(bit));
    }
  }
  return refused;
}

}  // namespace baton::fakes
