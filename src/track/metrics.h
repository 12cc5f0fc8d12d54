// What all trackers do alike to the keys and values of a log record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "baton/core/value.h"

namespace baton::track {

/// The number that a tracker shows for a value: integers, booleans as 0 and 1, floats. Nothing for others.
std::optional<double> scalar_of(const Value& value);

/// eval_x → eval/x, test_x → test/x, any other x → train/x (hf-trackers §1.4).
std::string prefixed_key(std::string_view key);

/// The five keys of the final record that describe the whole run (hf-trackers §1.5).
bool is_summary_key(std::string_view key);

/// Keys whose values depend on the clock and differ between runs that are equal otherwise: "*_runtime", "*_per_second",
/// energy and system metrics.
bool depends_on_clock(std::string_view key);

}  // namespace baton::track
