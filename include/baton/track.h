// Everything of baton::track: a Run on its own, the callbacks of the trackers, and what a tracker of your own needs. No
// LibTorch.
#pragma once

#include "baton/baton.h"
#include "baton/track/codecarbon.h"
#include "baton/track/dvclive.h"
#include "baton/track/event_writer.h"
#include "baton/track/mlflow.h"
#include "baton/track/report_to.h"
#include "baton/track/run.h"
#include "baton/track/tensorboard.h"
#include "baton/track/tracker.h"
#include "baton/track/tracker_group.h"
