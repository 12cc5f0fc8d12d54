#include "tools/contract_replay/replay_engine.h"

namespace baton::replay {
namespace {

class DryReplayEngine final : public ReplayEngine {
 public:
  explicit DryReplayEngine(const DryScript& script) : engine_(script) {}

  Engine& engine() override { return engine_; }
  void give_samples(std::int64_t samples) override { engine_.give_samples(samples); }
  const std::vector<DryEngine::Micro>& micros() const override { return engine_.micros(); }
  std::int64_t updates_in_weights() const override { return engine_.updates_in_weights(); }
  std::string file_of(std::string_view part) const override { return std::string(part) + ".json"; }

 private:
  DryEngine engine_;
};

}  // namespace

std::unique_ptr<ReplayEngine> make_dry_engine(const DryScript& script, const ResolvedArguments&) {
  return std::make_unique<DryReplayEngine>(script);
}

}  // namespace baton::replay
