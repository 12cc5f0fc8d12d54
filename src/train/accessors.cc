#include "baton/train/accessors.h"

namespace baton {

TrainingModule& model(const Event& event) { return event.objects.get<TrainingModule>(ObjectKind::kModel); }

ProcessingClass& processing_class(const Event& event) {
  return event.objects.get<ProcessingClass>(ObjectKind::kProcessingClass);
}

const Record& model_config(const Event& event) { return event.objects.get<Record>(ObjectKind::kModelConfig); }

Optimizer& optimizer(const Event& event) { return event.objects.get<Optimizer>(ObjectKind::kOptimizer); }

LrScheduler& lr_scheduler(const Event& event) { return event.objects.get<LrScheduler>(ObjectKind::kLrScheduler); }

DataLoader& train_dataloader(const Event& event) { return event.objects.get<DataLoader>(ObjectKind::kTrainDataloader); }

DataLoader& eval_dataloader(const Event& event) { return event.objects.get<DataLoader>(ObjectKind::kEvalDataloader); }

}  // namespace baton
