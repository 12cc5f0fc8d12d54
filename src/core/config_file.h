// Configuration files: argument names and values as JSON or YAML.
#pragma once

#include <string>

#include "baton/core/value.h"

namespace baton {

/// The items of a .json, .yaml or .yml file; an empty YAML file has none. Throws ConfigError if the name ends
/// otherwise, the file cannot be read or it holds anything but one record.
Record read_config_file(const std::string& path);

}  // namespace baton
