#include "src/core/config_file.h"

#include <filesystem>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/yaml.h"

namespace baton {
namespace {

Value read_value(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".json") return json::parse(read_file(path), path);
  if (ending == ".yaml" || ending == ".yml") return yaml::parse(read_file(path), path);
  throw ConfigError("--config " + path + ": expected a file named *.json, *.yaml or *.yml");
}

}  // namespace

Record read_config_file(const std::string& path) {
  try {
    const Value value = read_value(path);
    if (value.is_null()) return {};
    if (!value.record()) throw ConfigError("--config " + path + ": expected argument names with values");
    return *value.record();
  } catch (const ConfigError&) {
    throw;
  } catch (const Error& error) {  // of the file or its syntax
    throw ConfigError("--config: " + std::string(error.what()));
  }
}

}  // namespace baton
