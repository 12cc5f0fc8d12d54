// The engine a case is replayed on. The dry one comes with the tool; LibTorch's is in tests/train.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/engine.h"
#include "src/core/dry_engine.h"

namespace baton::replay {

/// An engine and what the replayer wants to know about it.
class ReplayEngine {
 public:
  virtual ~ReplayEngine() = default;
  virtual Engine& engine() = 0;
  virtual void give_samples(std::int64_t samples) = 0;
  virtual const std::vector<DryEngine::Micro>& micros() const = 0;
  virtual std::int64_t updates_in_weights() const = 0;
  /// The file of a checkpoint's "weights", "optimizer", "scheduler" or "rng".
  virtual std::string file_of(std::string_view part) const = 0;
};

using EngineFactory = std::function<std::unique_ptr<ReplayEngine>(const DryScript&, const ResolvedArguments&)>;

std::unique_ptr<ReplayEngine> make_dry_engine(const DryScript& script, const ResolvedArguments& args);

}  // namespace baton::replay
