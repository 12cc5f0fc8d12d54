// The live objects of a run, for callbacks. Each throws ObjectError where its object does not exist yet; docs/events.md
// says when each does.
#pragma once

#include "baton/core/events.h"
#include "baton/core/lr_schedule.h"
#include "baton/train/data_loader.h"
#include "baton/train/optimizer.h"
#include "baton/train/processing_class.h"
#include "baton/train/training_module.h"

namespace baton {

/// From on_init_end on.
TrainingModule& model(const Event& event);
/// From on_init_end on, if the program gave one.
ProcessingClass& processing_class(const Event& event);
/// TrainingModule::config(). From on_init_end on, if it says anything.
const Record& model_config(const Event& event);
/// From on_train_begin on.
Optimizer& optimizer(const Event& event);
/// From on_train_begin on.
LrScheduler& lr_scheduler(const Event& event);
/// From on_train_begin on.
DataLoader& train_dataloader(const Event& event);
/// The one last used, from the first evaluation or prediction on.
DataLoader& eval_dataloader(const Event& event);

}  // namespace baton
