#include "baton/track/report_to.h"

#include "baton/core/errors.h"
#include "baton/track/tracker_callback.h"
#include "src/track/resolve_trackers.h"

namespace baton::track {
namespace {

std::vector<const TrackerKind*> usable_here(const Environment& environment) {
  std::vector<const TrackerKind*> usable;
  for (const TrackerKind& kind : tracker_kinds()) {
    if (kind.problem(environment).empty()) usable.push_back(&kind);
  }
  return usable;
}

std::string known_names() {
  std::string names = "all, none";
  for (const TrackerKind& kind : tracker_kinds()) names.append(", ").append(kind.name);
  return names;
}

}  // namespace

std::vector<const TrackerKind*> resolve_trackers(const std::vector<std::string>& names,
                                                 const Environment& environment) {
  if (names.empty() || names == std::vector<std::string>{"none"}) return {};
  if (names == std::vector<std::string>{"all"}) return usable_here(environment);
  std::vector<const TrackerKind*> chosen;
  std::vector<std::string> problems;
  for (const std::string& name : names) {
    const TrackerKind* kind = find_tracker_kind(name);
    if (kind == nullptr) {
      problems.push_back("--report_to=" + name + ": no tracker has this name; expected any of " + known_names());
    } else if (const std::string problem = kind->problem(environment); !problem.empty()) {
      problems.push_back("--report_to=" + name + ": " + problem);
    } else {
      chosen.push_back(kind);
    }
  }
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return chosen;
}

std::vector<const TrackerKind*> resolve_replays(const std::vector<std::string>& names, const Environment& environment) {
  std::vector<const TrackerKind*> replays;
  for (const TrackerKind* kind : resolve_trackers(names, environment)) {
    if (kind->standalone != nullptr) {
      replays.push_back(kind);
    } else if (names != std::vector<std::string>{"all"}) {
      throw ConfigError("--report_to=" + std::string(kind->name) +
                        ": it measures while a Trainer trains, and shows no other run");
    }
  }
  return replays;
}

CallbackList tracker_callbacks(const std::vector<std::string>& report_to, const Environment& environment) {
  CallbackList callbacks;
  for (const TrackerKind* kind : resolve_trackers(report_to, environment))
    callbacks.push_back(kind->callback(environment));
  return callbacks;
}

void share_run(const CallbackList& callbacks, const std::shared_ptr<TrackerGroup>& group) {
  for (const CallbackPtr& callback : callbacks) {
    if (auto* tracker = dynamic_cast<TrackerCallback*>(callback.get())) tracker->join(group);
  }
}

}  // namespace baton::track
