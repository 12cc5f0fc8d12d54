#include "baton/track/dvclive.h"
#include "src/track/dvclive/dvclive_tracker.h"

namespace baton {

std::unique_ptr<track::Tracker> DVCLiveCallback::setup(const Event&) {
  return std::make_unique<track::DVCLiveTracker>(options_, std::make_unique<Disk>());
}

}  // namespace baton
