// The trackers by their names in report_to. One line each in registry.cc.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "baton/core/callback_handler.h"
#include "baton/core/environment.h"
#include "baton/track/tracker_callback.h"

namespace baton::track {

struct TrackerKind {
  std::string_view name;  ///< as in report_to: "mlflow"
  /// Why this tracker cannot be used here and what to do about it; empty if it can. Part of `all` are those that can.
  std::string (*problem)(const Environment& environment);
  /// The callback with the options that the environment tells. Null if it was not compiled.
  CallbackPtr (*callback)(const Environment& environment) = nullptr;
  /// The tracker of a Run without a Trainer, with the options that the environment tells. Null as below.
  std::unique_ptr<Tracker> (*standalone)(const RunInfo& run, const Environment& environment) = nullptr;
  /// A tracker again from what Tracker::options() said in another process. Throws ConfigError. Null: a callback that
  /// measures, no tracker; or not compiled.
  std::unique_ptr<Tracker> (*tracker)(const Record& options, const Environment& environment) = nullptr;
};

/// In the order of report_to="all" (hf-trackers §1.1).
std::span<const TrackerKind> tracker_kinds();

/// Null if no tracker has that name.
const TrackerKind* find_tracker_kind(std::string_view name);

}  // namespace baton::track
