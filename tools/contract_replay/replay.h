// Replays one conformance case on an engine; what `contract_replay` and the LibTorch contract test share.
#pragma once

#include <filesystem>
#include <string>

#include "tools/contract_replay/replay_engine.h"

namespace baton::replay {

/// The answer as JSON. Throws if the file is no case or its kind is unknown.
std::string replay_case(const std::filesystem::path& file, const EngineFactory& make_engine);

}  // namespace baton::replay
