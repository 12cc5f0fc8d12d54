// The hyper-parameters of a run as the reference's MLflowCallback sends them (hf-trackers §4).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/value.h"

namespace baton::track {

/// Python's str(): True, None, 0.1, [1, 'a'], {'a': 1}; a text as it is.
std::string python_str(const Value& value);

struct MlflowParamRules {
  bool flatten = false;               ///< {"a": {"b": 1}} becomes a.b
  std::optional<std::size_t> most{};  ///< only the first so many
  std::size_t longest_value = 6000;   ///< in characters; what is longer is left out
};

struct MlflowText {
  std::string key;
  std::string value;

  friend bool operator==(const MlflowText&, const MlflowText&) = default;
};

struct MlflowParams {
  std::vector<MlflowText> kept;
  std::vector<std::string> too_long;  ///< keys
};

/// `groups` are those of an entry of parameters. All are put into one: "model_config" first, "args" last and over the
/// others.
MlflowParams mlflow_params(const Record& groups, const MlflowParamRules& rules);

}  // namespace baton::track
