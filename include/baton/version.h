// Which Baton this is. The number's one source is project() in the root CMakeLists.txt.
#pragma once

#include <string_view>

namespace baton {

// "major.minor.patch" of the library linked, by the rules of semver.org. Valid for the life of the program.
std::string_view version();

}  // namespace baton
