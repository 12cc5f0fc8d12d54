#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/planned.h"

namespace baton {
namespace {

using fakes::plan_of;
using fakes::PlannedData;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> ids_of(const TrainingArguments& args, PlannedData data = {}) {
  std::vector<std::string> ids;
  for (const Notice& notice : plan_of(args, data).notices) ids.push_back(notice.id);
  return ids;
}

/// 24 updates with a log, an evaluation and a checkpoint of their own.
const TrainingArguments kGoodRun{
    .logging_steps = 5, .eval_strategy = EvalStrategy::kSteps, .eval_steps = 10, .save_steps = 10};

TEST(RunPlanNotices, AreSilentAboutAGoodRun) { EXPECT_THAT(ids_of(kGoodRun), IsEmpty()); }

struct Case {
  std::string id;
  std::string text;
  void (*change)(TrainingArguments& args);
  PlannedData data{};
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.id << ", " << c.text; }

class RunPlanNoticesCases : public testing::TestWithParam<Case> {};

TEST_P(RunPlanNoticesCases, TellWhatStandsOut) {
  TrainingArguments args = kGoodRun;
  GetParam().change(args);
  const std::vector<Notice> notices = plan_of(args, GetParam().data).notices;
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].id, GetParam().id);
  EXPECT_THAT(notices[0].text, HasSubstr(GetParam().text));
}

using Args = TrainingArguments;

INSTANTIATE_TEST_SUITE_P(
    Table, RunPlanNoticesCases,
    testing::Values(
        Case{"dropped_samples",
             "leaves out 3 samples of every epoch",
             [](Args& a) { a.dataloader_drop_last = true; },
             {67}},
        Case{"batch_exceeds_data", "--per_device_train_batch_size 100 is more than the 64 training samples",
             [](Args& a) {
               a.per_device_train_batch_size = 100;
               a.max_steps = 24;
             }},
        Case{"short_window", "The last update of every epoch is made of 2 of 3 batches",
             [](Args& a) {
               a.gradient_accumulation_steps = 3;
               a.max_steps = 24;
             }},
        Case{"short_window", "The only update of every epoch is made of 8 of 20 batches",
             [](Args& a) {
               a.gradient_accumulation_steps = 20;
               a.max_steps = 24;
             }},
        Case{"no_updates", "--num_train_epochs 0", [](Args& a) { a.num_train_epochs = 0; }},
        Case{"batch_size_may_change", "smaller batches", [](Args& a) { a.auto_find_batch_size = true; }},
        Case{"planned_from_start", "the whole run", [](Args& a) { a.resume_from_checkpoint = "true"; }},
        Case{"never_logs", "--logging_steps 500 is more than the 24 updates of the run: no loss will be logged",
             [](Args& a) { a.logging_steps = 500; }},
        Case{"logs_first_only", "only the first loss",
             [](Args& a) {
               a.logging_steps = 500;
               a.logging_first_step = true;
             }},
        Case{"never_evaluates", "--eval_delay 30 is not over when the run ends", [](Args& a) { a.eval_delay = 30; }},
        Case{"never_evaluates", "nothing is evaluated after its start",
             [](Args& a) {
               a.eval_delay = 30;
               a.eval_on_start = true;
             }},
        Case{"evaluates_end_only", "--eval_steps 500 is more than the 24 updates of the run",
             [](Args& a) { a.eval_steps = 500; }},
        Case{"evaluates_more_than_trains",
             "Evaluations go through 2400 samples, training through 192",
             [](Args&) {},
             {64, 800}},
        Case{"saves_end_only",
             "--save_steps 500 is more than the 24 updates of the run: the only checkpoint is the last",
             [](Args& a) { a.save_steps = 500; }},
        Case{"weights_only", "a new optimizer", [](Args& a) { a.save_only_model = true; }},
        Case{"many_checkpoints", "60 checkpoints stay",
             [](Args& a) {
               a.save_steps = 1;
               a.max_steps = 60;
             }},
        Case{"best_between_saves",
             "are kept in runs/a/best",
             [](Args& a) {
               a.output_dir = "runs/a";
               a.eval_steps = 5;
               a.load_best_model_at_end = true;
             },
             {64, 8}},
        Case{"rate_is_zero", "--learning_rate 0", [](Args& a) { a.learning_rate = 0; }},
        Case{"warmup_unused", "constant has no warm-up",
             [](Args& a) {
               a.lr_scheduler_type = LrSchedulerType::kConstant;
               a.warmup_steps = 5;
             }},
        Case{"warmup_exceeds_run", "--warmup_steps 48 is not less than the 24 updates of the run",
             [](Args& a) { a.warmup_steps = 48; }}));

TEST(RunPlanNotices, TellThatNothingWillBeSavedWithoutEvaluations) {
  EXPECT_THAT(ids_of({.logging_steps = 5,
                      .save_strategy = SaveStrategy::kBest,
                      .load_best_model_at_end = true,
                      .metric_for_best_model = "loss"}),
              ElementsAre("never_saves", "no_best_model"));
}

TEST(RunPlanNotices, TellThatAMetricIsWatchedInVain) {
  EXPECT_THAT(ids_of({.logging_steps = 5, .save_steps = 5, .metric_for_best_model = "accuracy"}),
              ElementsAre("metric_unused"));
}

TEST(RunPlanNotices, TellThatAScheduleReadsItsMetricBackwards) {
  TrainingArguments args{.num_train_epochs = 20,
                         .lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau,
                         .logging_steps = 5,
                         .eval_strategy = EvalStrategy::kEpoch,
                         .save_steps = 40,
                         .metric_for_best_model = "accuracy"};
  const auto small = PlannedData{.eval_samples = 8};
  EXPECT_THAT(ids_of(args, small), ElementsAre("metric_read_backwards"));
  args.lr_scheduler_kwargs = {{"mode", "max"}};
  EXPECT_THAT(ids_of(args, small), IsEmpty());
}

TEST(RunPlanNotices, TellThatAWarmUpMayBeOverExactlyAtTheEnd) {
  TrainingArguments args = kGoodRun;
  args.warmup_steps = 23;
  EXPECT_THAT(ids_of(args), IsEmpty()) << "the last update has the full rate";
}

}  // namespace
}  // namespace baton
