#include "src/core/run_plan_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "baton/callbacks/early_stopping.h"
#include "tests/fakes/planned.h"

namespace baton {
namespace {

using fakes::plan_of;
using fakes::PlannedData;
using testing::HasSubstr;
using testing::Not;

struct SeriesCase {
  std::vector<std::int64_t> steps;
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const SeriesCase& c) { return out << c.text; }

class SeriesText : public testing::TestWithParam<SeriesCase> {};

TEST_P(SeriesText, IsShort) {
  StepSeries series;
  for (const std::int64_t step : GetParam().steps) series.add(step);
  EXPECT_EQ(series_text(series), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SeriesText,
    testing::Values(SeriesCase{{}, "never"}, SeriesCase{{300}, "300 (once)"},
                    SeriesCase{{8, 16, 24}, "8, 16, 24 (3 times)"},
                    SeriesCase{{5, 10, 15, 20}, "every 5 updates: 5, 10, ... 20 (4 times)"},
                    SeriesCase{{1, 2, 3, 4}, "every update: 1, 2, ... 4 (4 times)"},
                    SeriesCase{{1, 5, 10, 15, 20, 22}, "1; every 5 updates: 5, 10, ... 20; 22 (6 times)"},
                    SeriesCase{{10, 20, 30, 33}, "10, 20, 30, 33 (4 times)"},
                    SeriesCase{{1, 3, 7, 13, 21, 31, 43, 57, 73}, "1, 3, 7, 13, 21, ... 73 (9 times)"}));

/// The text of one line, which may go on in further ones.
std::string line_of(const std::string& text, const std::string& label) {
  const std::size_t begin = text.find("\n  " + label + " ");
  if (begin == std::string::npos) return "no line " + label;
  std::string line;
  std::istringstream lines(text.substr(begin + 1));
  for (std::string part; std::getline(lines, part) && (line.empty() || part.starts_with("                "));) {
    line += (line.empty() ? "" : " ") + part.substr(16);
  }
  return line;
}

std::string line_of(const TrainingArguments& args, const std::string& label, PlannedData data = {}) {
  return line_of(plan_text(plan_of(args, data)), label);
}

struct LineCase {
  std::string label;
  std::string text;
  TrainingArguments args;
  PlannedData data{};
};

std::ostream& operator<<(std::ostream& out, const LineCase& c) { return out << c.label << ": " << c.text; }

class PlanTextLines : public testing::TestWithParam<LineCase> {};

TEST_P(PlanTextLines, SayWhatIsPlanned) {
  EXPECT_EQ(line_of(GetParam().args, GetParam().label, GetParam().data), GetParam().text);
}

constexpr auto kByEpoch = EvalStrategy::kEpoch;
constexpr auto kBySteps = EvalStrategy::kSteps;

INSTANTIATE_TEST_SUITE_P(
    Table, PlanTextLines,
    testing::Values(
        LineCase{"data", "64 samples to train on, 10 to evaluate on", {}, {64, 10}},
        LineCase{"data", "1 sample to train on", {}, {1, 0}},
        LineCase{"an epoch",
                 "9 batches of 8 samples, the last one of 2; 3 updates",
                 {.gradient_accumulation_steps = 3},
                 {66}},
        LineCase{"an update", "4 batches; effective batch size 32", {.gradient_accumulation_steps = 4}},
        LineCase{"stops", "after 24 updates, 3 epochs (--num_train_epochs 3)", {}},
        LineCase{"stops", "after 11 updates, 1.38 epochs (--max_steps 11)", {.max_steps = 11}},
        LineCase{"stops",
                 "after 0 updates, 0 epochs (there is not a single batch)",
                 {.max_steps = 11, .dataloader_drop_last = true},
                 {7}},
        LineCase{"logs", "every 5 updates: 5, 10, ... 20 (4 times)", {.logging_steps = 5}},
        LineCase{"logs", "after each epoch: 8, 16, 24 (3 times)", {.logging_strategy = LoggingStrategy::kEpoch}},
        LineCase{"logs", "never (--logging_strategy no)", {.logging_strategy = LoggingStrategy::kNo}},
        LineCase{"logs", "never", {}},
        LineCase{"evaluates",
                 "after each epoch, every 8 updates: 8, 16, ... 32 (4 times), 8 batches each",
                 {.num_train_epochs = 4, .eval_strategy = kByEpoch}},
        LineCase{"evaluates", "24 (once), 1 batch", {.eval_strategy = kBySteps}, {64, 3}},
        LineCase{"evaluates", "never (--eval_strategy no)", {}},
        LineCase{"saves", "after each epoch: 8, 16, 24 (3 times)", {.save_strategy = SaveStrategy::kEpoch}},
        LineCase{
            "saves",
            "when eval_accuracy is better than before, at most after each epoch: 8, 16, 24 (3 times)",
            {.eval_strategy = kByEpoch, .save_strategy = SaveStrategy::kBest, .metric_for_best_model = "accuracy"}},
        LineCase{"rises", "0 to 5e-05, updates 1 to 5", {.warmup_steps = 4}},
        LineCase{"falls", "5e-05 to 2.5e-06, updates 5 to 24", {.warmup_steps = 4}},
        LineCase{"stays", "5e-05, updates 1 to 24", {.lr_scheduler_type = LrSchedulerType::kConstant}},
        LineCase{"in between", "3.958e-05 at 6, 2.708e-05 at 12, 1.458e-05 at 18", {}},
        LineCase{
            "...",
            "and turns 13 times more, to end at 1.853e-05 at update 24",
            {.lr_scheduler_type = LrSchedulerType::kCosineWithRestarts, .lr_scheduler_kwargs = {{"num_cycles", 10}}}},
        LineCase{"follows",
                 "eval_loss: it ends at 5e-05 if every evaluation is better than all before it, at 5e-09 if none is "
                 "better than the first",
                 {.num_train_epochs = 100,
                  .lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau,
                  .eval_strategy = kByEpoch}},
        LineCase{
            "follows",
            "eval_loss, which nothing evaluates",
            {.lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau, .eval_strategy = kByEpoch, .eval_delay = 9}},
        LineCase{"weights", "those of the last update, never evaluated", {}},
        LineCase{"weights", "those of the start, never evaluated", {.num_train_epochs = 0}},
        LineCase{"weights", "those of the last update, evaluated", {.eval_strategy = kByEpoch}},
        LineCase{"weights",
                 "the best ones by eval_loss (--load_best_model_at_end)",
                 {.eval_strategy = kByEpoch, .save_strategy = SaveStrategy::kEpoch, .load_best_model_at_end = true}},
        LineCase{"checkpoints", "none", {.save_strategy = SaveStrategy::kNo}},
        LineCase{"checkpoints",
                 "all stay in runs/a: 8, 16, 24",
                 {.output_dir = "runs/a", .save_strategy = SaveStrategy::kEpoch}},
        LineCase{"checkpoints",
                 "2 of 3 stay in trainer_output: 16, 24",
                 {.save_strategy = SaveStrategy::kEpoch, .save_total_limit = 2}},
        LineCase{"checkpoints",
                 "which ones stay in trainer_output depends on eval_loss 10, 20, 24 if every evaluation is better than "
                 "all before it 10, 20, 24 and best if none is better than the first",
                 {.eval_strategy = kBySteps, .eval_steps = 5, .save_steps = 10, .load_best_model_at_end = true}}));

TEST(PlanText, SaysHowEarlyARunMayStop) {
  const RunPlan plan = plan_run({.args = resolve({.eval_strategy = kByEpoch, .metric_for_best_model = "loss"}),
                                 .train_samples = 64,
                                 .eval_samples = 64,
                                 .callbacks = [] { return CallbackList{std::make_shared<EarlyStoppingCallback>(1)}; }});
  EXPECT_EQ(line_of(plan_text(plan), "stops"),
            "after 24 updates, 3 epochs (--num_train_epochs 3); perhaps as early as update 16, depending on eval_loss");
}

TEST(PlanText, SaysWhenTheLastWeightsWereEvaluated) {
  EXPECT_EQ(line_of({.eval_strategy = kByEpoch, .eval_delay = 9, .eval_on_start = true}, "weights"),
            "those of the last update, evaluated at update 0 the last time");
}

TEST(PlanText, EndsWithTheNotices) {
  EXPECT_THAT(plan_text(plan_of({.logging_steps = 5})),
              HasSubstr("\nNotices\n  - --save_steps 500 is more than the 24 updates of the run: the only checkpoint\n"
                        "    is the last\n"));
  EXPECT_THAT(plan_text(plan_of({.logging_steps = 5, .save_steps = 5})), Not(HasSubstr("Notices")));
}

TEST(PlanText, IsAtMostEightyColumnsWide) {
  std::istringstream lines(plan_text(plan_of({.num_train_epochs = 100,
                                              .gradient_accumulation_steps = 3,
                                              .lr_scheduler_type = LrSchedulerType::kGreedy,
                                              .logging_steps = 0.07,
                                              .eval_strategy = kByEpoch,
                                              .save_strategy = SaveStrategy::kEpoch,
                                              .load_best_model_at_end = true})));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

}  // namespace
}  // namespace baton
