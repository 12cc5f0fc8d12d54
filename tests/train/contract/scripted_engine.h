// The scripted model of the recorded cases (tests/contract/README.md, §3.2) on the LibTorch engine: two parameters,
// losses and gradients that follow the script through real forward and backward passes, clipping and AdamW.
#pragma once

#include <memory>

#include "tools/contract_replay/replay_engine.h"

namespace baton::replay {

std::unique_ptr<ReplayEngine> make_scripted_torch_engine(const DryScript& script, const ResolvedArguments& args);

}  // namespace baton::replay
