#include "src/track/journal/segments.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

namespace baton::track::journal {
namespace {

constexpr std::string_view kPrefix = "journal-";
constexpr std::string_view kEnding = ".btj";

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return folder / std::string(kPrefix).append(digits).append(kEnding);
}

std::vector<std::uint64_t> segment_numbers(const std::filesystem::path& folder) {
  std::vector<std::uint64_t> numbers;
  std::error_code absent;
  for (const auto& file : std::filesystem::directory_iterator(folder, absent)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kEnding)) continue;
    const char* end = name.data() + name.size() - kEnding.size();
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(name.data() + kPrefix.size(), end, number);
    if (error == std::errc{} && rest == end) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::filesystem::path lock_path(const std::filesystem::path& folder) { return folder / "journal.lock"; }

}  // namespace baton::track::journal
