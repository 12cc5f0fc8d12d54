// Reads the numbers of one phase of a case (README of the cases, §3) into what an engine plays.
#pragma once

#include "baton/core/arguments.h"
#include "baton/core/value.h"
#include "src/core/dry_engine.h"

namespace baton::replay {

DryScript script_of_phase(const Record& phase, const TrainingArguments& args);

}  // namespace baton::replay
