#include "src/core/run_plan_record.h"

#include <gtest/gtest.h>

#include <string>

#include "src/base/json.h"
#include "tests/fakes/planned.h"

namespace baton {
namespace {

using fakes::plan_of;

/// The value under keys joined by points, as JSON.
std::string json_at(const Record& record, std::string path) {
  const Record* at = &record;
  for (std::size_t point = path.find('.'); point != std::string::npos; point = path.find('.')) {
    at = at->find(path.substr(0, point))->record();
    path.erase(0, point + 1);
  }
  return json::dump(*at->find(path));
}

const TrainingArguments kRun{
    .max_steps = 10, .learning_rate = 1.0, .lr_scheduler_type = LrSchedulerType::kConstant, .save_steps = 3};

TEST(RunPlanRecord, HoldsLengthAndEnd) {
  const Record record = plan_record(plan_of(kRun, {.train_samples = 32, .eval_samples = 9}));
  EXPECT_EQ(json_at(record, "length"),
            R"({"train_samples":32,"samples_per_update":8,"batches_per_epoch":4,"updates_per_epoch":4,"max_steps":10,)"
            R"("eval_samples":9,"eval_batches":2})");
  EXPECT_EQ(json_at(record, "run.last_step"), "10");
  EXPECT_EQ(json_at(record, "run.last_epoch"), "2.5");
}

TEST(RunPlanRecord, HoldsSeriesAsRuns) {
  const Record record = plan_record(plan_of(kRun));
  EXPECT_EQ(json_at(record, "run.saves"),
            R"({"count":4,"runs":[{"first":3,"every":3,"count":3},{"first":10,"every":0,"count":1}]})");
  EXPECT_EQ(json_at(record, "run.checkpoints_left"), json_at(record, "run.saves"));
  EXPECT_EQ(json_at(record, "run.evaluations"), R"({"count":0,"runs":[]})");
}

TEST(RunPlanRecord, HoldsTheLearningRate) {
  EXPECT_EQ(json_at(plan_record(plan_of(kRun)), "run.learning_rate"),
            R"({"phases":[{"trend":"stays","from":{"step":1,"rate":1.0},"to":{"step":10,"rate":1.0}}],)"
            R"("quarters":[{"step":3,"rate":1.0},{"step":5,"rate":1.0},{"step":8,"rate":1.0}]})");
}

TEST(RunPlanRecord, HoldsASecondRunOnlyWhereAMetricIsWatched) {
  EXPECT_EQ(json_at(plan_record(plan_of(kRun)), "run_without_gain"), "null");
  const Record record = plan_record(plan_of({.max_steps = 4,
                                             .eval_strategy = EvalStrategy::kSteps,
                                             .eval_steps = 2,
                                             .save_strategy = SaveStrategy::kBest,
                                             .metric_for_best_model = "f1"}));
  EXPECT_EQ(json_at(record, "watched_metric"), R"("eval_f1")");
  EXPECT_EQ(json_at(record, "run.saves.count"), "2");
  EXPECT_EQ(json_at(record, "run_without_gain.saves.count"), "1");
}

TEST(RunPlanRecord, HoldsTheNotices) {
  const std::string notices = json_at(plan_record(plan_of({.logging_steps = 5})), "notices");
  EXPECT_EQ(notices.find(R"([{"id":"saves_end_only","text":"--save_steps 500)"), 0u) << notices;
}

}  // namespace
}  // namespace baton
