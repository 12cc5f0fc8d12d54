// Everything of Baton that needs no LibTorch: arguments, command line, events, callbacks, the handler, the loop. With
// LibTorch: baton/train.h.
#pragma once

#include "baton/callbacks/default_callbacks.h"
#include "baton/callbacks/early_stopping.h"
#include "baton/callbacks/lambda.h"
#include "baton/callbacks/nan_guard.h"
#include "baton/callbacks/printer.h"
#include "baton/callbacks/progress.h"
#include "baton/callbacks/time_limit.h"
#include "baton/core/argument_fields.h"
#include "baton/core/callback_handler.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/core/command_line.h"
#include "baton/core/console.h"
#include "baton/core/console_notices.h"
#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "baton/core/memory.h"
#include "baton/core/stop_signals.h"
#include "baton/core/train_loop.h"
#include "baton/version.h"
