// The names of metrics and what DVCLive makes of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::track {

/// As the reference's callback: every "train_" and "eval_" in it becomes "train/" and "eval/".
std::string dvclive_key(std::string_view key);

/// The folders and the file that a name stands for: a//b and a/./b are a/b. Nothing if it can be no file within the
/// folder of metrics: an empty name, one with "..", a part too long for a file, or a part that another metric's file
/// may have as its name.
std::optional<std::vector<std::string>> metric_parts(std::string_view name);

}  // namespace baton::track
