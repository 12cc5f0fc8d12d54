// INI files as Python's configparser reads them, but for interpolation: %(name)s stays as it is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::track::carbon {

/// The keys of [section] in lower case with their values, in the order of the text; of equal keys the last one. Keys
/// end at = or :, comments are lines that begin with # or ;, and an indented line goes on with the value above it.
/// Throws ConfigError naming `where` and the line if a line is none of these.
std::vector<std::pair<std::string, std::string>> read_ini(std::string_view text, std::string_view section,
                                                          std::string_view where);

}  // namespace baton::track::carbon
