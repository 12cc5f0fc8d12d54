// Names that MLflow takes: letters, digits and _ - . space : / in a path without empty, "." or ".." parts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "baton/core/value.h"

namespace baton::track {

/// The key as it is if MLflow takes it; else, as in the reference, with "_" for each other character, besides without
/// what makes a path ambiguous and cut to 250 letters.
std::string mlflow_name(std::string_view key);

/// Gives two keys that would get the same name different ones, in every process of a run the same.
class MlflowNames {
 public:
  /// `known`: what known() returned in another process.
  explicit MlflowNames(const Record& known = {});

  const std::string& name_of(const std::string& key);
  /// The keys that have another name.
  Record known() const;

 private:
  std::map<std::string, std::string> names_;  ///< by key
  std::map<std::string, std::string> keys_;   ///< by name
};

}  // namespace baton::track
