// Arguments that this version accepts by name and cannot carry out. They are refused, never ignored.
#pragma once

#include <string>
#include <vector>

#include "baton/core/arguments.h"

namespace baton::train {

/// One line for each such argument that is set; empty if all can be honoured on LibTorch.
std::vector<std::string> unsupported_arguments(const ResolvedArguments& args);

}  // namespace baton::train
