// What to tell about arguments that changed between a checkpoint and its resume (D5).
#pragma once

#include "baton/core/arguments.h"
#include "baton/core/checkpoint_store.h"
#include "baton/core/notice.h"

namespace baton {

/// One notice an argument. Cadences and batch size are held against the saved state, as the reference does; all other
/// arguments against the saved arguments, if there are any.
void tell_changed_arguments(const ResolvedArguments& args, std::int64_t batch_size, const SavedRun& saved,
                            NoticeSink& notices);

}  // namespace baton
