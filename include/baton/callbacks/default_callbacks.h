// The callbacks of a trainer, in their order: default flow, the user's, then the progress bar or the printer
// (hf-contract §5).
#pragma once

#include <memory>

#include "baton/core/arguments.h"
#include "baton/core/callback_handler.h"
#include "baton/core/console.h"

namespace baton {

/// `disable_tqdm` chooses the printer. The user's callbacks can veto the flow's flags and edit records before they are
/// shown.
CallbackList with_default_callbacks(const ResolvedArguments& args, CallbackList user, std::shared_ptr<Console> console);

}  // namespace baton
