// The text of --help.
#pragma once

#include <string>
#include <vector>

#include "baton/core/flags.h"

namespace baton {

/// What the program does, usage and example, then every flag with its value, meaning and present value as the default,
/// group by group in their order. At most 100 characters a line, unless one word is longer.
std::string help_text(const std::string& program, const Flags& own, const std::vector<Flag>& flags);

}  // namespace baton
