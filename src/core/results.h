// What a run leaves for people and scripts once it is over: the closing table and the files *_results.json, as the
// reference writes them.
#pragma once

#include <filesystem>
#include <string>

#include "baton/core/ledger.h"
#include "baton/core/value.h"

namespace baton {

/// The table of the reference's log_metrics(), without a final line break: keys sorted, numbers to four decimals,
/// *_runtime as h:mm:ss.cc.
std::string metrics_table(const std::string& split, const Record& metrics);

/// Where the time of a training run went, the most first, without what rounds to 0.0 %; callbacks that took a hundredth
/// of it or more by name. Empty if no time was measured.
std::string time_table(const TimeReport& time);
/// The same as metrics in seconds: train_data_runtime and so on for each phase, and train_callbacks_runtime. Empty if
/// no time was measured.
Record time_metrics(const TimeReport& time);
/// Seconds by phase, and by callback within "callbacks".
Record times_by_name(const TimeReport& time);

/// Writes <split>_results.json into `folder`, which is made if need be, and with `combined` adds the metrics to
/// all_results.json there. Throws Error naming the file if it cannot be written, or if all_results.json is no JSON
/// object.
void save_results(const std::filesystem::path& folder, const std::string& split, const Record& metrics, bool combined);

}  // namespace baton
