// Values as YAML in the form in which DVC's own tools write it, byte for byte.
#pragma once

#include <string>

#include "baton/core/value.h"

namespace baton::track {

/// What ruamel.yaml 0.19, which DVC and DVCLive write with, makes of a dictionary: blocks, two blanks a level, lines
/// broken behind 80 columns, quotes only where YAML 1.2 would read something else. Texts in double quotes (line breaks
/// and control characters) stay on one line, where ruamel.yaml breaks long ones.
std::string block_yaml(const Record& content);

}  // namespace baton::track
