// dvc.yaml: where DVC finds params, metrics, plots and artifacts. The file belongs to the user too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "baton/core/value.h"

namespace baton::track {

/// `text` with `own` in it: lists under "params", "metrics" and "plots", a record under "artifacts". Entries whose path
/// holds `own_folder` ("dvclive/") are replaced; everything else stays, comments too. Nothing if the text is no YAML of
/// the kind that can be changed line by line: a list of these in brackets, say.
std::optional<std::string> merged_dvc_yaml(const std::string& text, const Record& own, std::string_view own_folder);

}  // namespace baton::track
