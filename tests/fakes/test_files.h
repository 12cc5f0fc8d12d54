// Committed files that tests read: golden files and recorded cases.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace baton::fakes {

/// Where a file of the tests' folder lies, such as "golden/values.json".
std::filesystem::path test_file(std::string_view name);
/// The bytes of a file of the tests' folder, such as "golden/values.json". Throws std::runtime_error if there is none.
std::string read_test_file(std::string_view name);

}  // namespace baton::fakes
