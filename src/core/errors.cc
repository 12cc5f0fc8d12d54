#include "baton/core/errors.h"

#include <utility>

namespace baton {
namespace {

std::string listed(const std::vector<std::string>& problems) {
  if (problems.size() == 1) return problems.front();
  std::string text = std::to_string(problems.size()) + " problems:";
  for (const std::string& problem : problems) text += "\n  - " + problem;
  return text;
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> problems) : Error(listed(problems)), problems_(std::move(problems)) {}

}  // namespace baton
