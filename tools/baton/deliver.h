// Delivering what a journal holds to its trackers, while somebody watches.
#pragma once

#include <memory>
#include <ostream>
#include <vector>

#include "src/track/remark_board.h"
#include "src/track/run_services.h"
#include "src/track/worker.h"

namespace baton::tools {

struct DeliverOptions {
  double patience_seconds = 60.0;  ///< how long a tracker may be down before it is left for another time
  bool shows_progress = false;     ///< redraws a line
};

/// One after the other, with a line for each on `out`. True if all of them got everything.
bool deliver(const track::RunInfo& run, std::vector<std::unique_ptr<track::Worker>> workers,
             track::RemarkBoard& remarks, const DeliverOptions& options, std::ostream& out);

}  // namespace baton::tools
