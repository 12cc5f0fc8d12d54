#include "src/track/run_status.h"

namespace baton::track {

std::string_view run_status_name(RunStatus status) {
  switch (status) {
    case RunStatus::kFinished:
      return "finished";
    case RunStatus::kFailed:
      return "failed";
    case RunStatus::kKilled:
      break;
  }
  return "killed";
}

RunStatus run_status(std::string_view name) {
  if (name == "finished") return RunStatus::kFinished;
  return name == "failed" ? RunStatus::kFailed : RunStatus::kKilled;
}

}  // namespace baton::track
