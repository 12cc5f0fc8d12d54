#include "baton/core/environment.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace baton {

std::string Environment::get_or(const std::string& name, std::string otherwise) const {
  return get(name).value_or(std::move(otherwise));
}

bool Environment::is_true(const std::string& name) const {
  std::string value = get_or(name, "");
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

std::optional<std::string> ProcessEnvironment::get(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::optional<std::string> GivenEnvironment::get(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace baton
