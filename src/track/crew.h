// Crew: the workers of a run, each on its thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/track/remark_board.h"
#include "src/track/run_services.h"
#include "src/track/worker_thread.h"

namespace baton::track {

/// Used from one thread. Destroying it stops it.
class Crew {
 public:
  explicit Crew(RemarkBoard& remarks) : remarks_(remarks) {}

  void add(std::unique_ptr<Worker> worker);
  /// Nothing more will be written: waits so long at most until all is delivered. The keys of those that did not get
  /// through.
  std::vector<std::string> finish(double seconds);

  /// Leaves everything as it is, at once.
  void stop() { threads_.clear(); }

  bool takes_artifacts() const;
  /// Files of entries up to this one are needed no more.
  std::uint64_t settled() const;

 private:
  RemarkBoard& remarks_;
  std::vector<std::unique_ptr<WorkerThread>> threads_;
};

/// A worker for a new tracker of a run; `key` is the tracker's name, made unique among those of the run.
std::unique_ptr<Worker> make_worker(const RunInfo& run, std::unique_ptr<Tracker> tracker, std::string key,
                                    RemarkBoard& remarks, RunServices& services);
/// Workers for the trackers that a run had in earlier processes. One that cannot be made again becomes a remark.
std::vector<std::unique_ptr<Worker>> earlier_workers(const RunInfo& run, RemarkBoard& remarks, RunServices& services);

}  // namespace baton::track
