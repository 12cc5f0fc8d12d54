#include "baton/core/lr_schedule.h"

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/core/argument_values.h"
#include "tests/fakes/test_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace baton {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A row of golden/schedules.json, which make_schedules.py recorded from the reference.
struct GoldenRow {
  std::string about;
  LrScheduleSpec spec;
  std::vector<double> metrics;  ///< empty for closed forms
  std::vector<double> rates;
  Record half_way;
};

std::vector<double> numbers(const Value* value) {
  std::vector<double> result;
  if (value == nullptr) return result;
  for (const Value& item : *value->list()) result.push_back(item.number());
  return result;
}

GoldenRow golden_row(const Record& row) {
  GoldenRow golden{.about = *row.find("type")->text() + ": " + *row.find("about")->text(),
                   .spec = {.learning_rate = row.number("learning_rate"),
                            .warmup_steps = *row.find("warmup_steps")->integer(),
                            .max_steps = *row.find("max_steps")->integer(),
                            .kwargs = *row.find("kwargs")->record()},
                   .metrics = numbers(row.find("metrics")),
                   .rates = numbers(row.find("rates"))};
  if (const Value* state = row.find("half_way")) golden.half_way = *state->record();
  EXPECT_TRUE(from_value(*row.find("type"), golden.spec.type));
  return golden;
}

enum class Kind { kClosedForm, kMetricDriven };

std::vector<GoldenRow> golden_rows(Kind kind) {
  const Value file = json::parse(fakes::read_test_file("golden/schedules.json"), "schedules.json");
  std::vector<GoldenRow> rows;
  for (const Value& item : *file.list()) {
    const GoldenRow row = golden_row(*item.record());
    if (row.metrics.empty() == (kind == Kind::kClosedForm)) rows.push_back(row);
  }
  EXPECT_GT(rows.size(), 20u);
  return rows;
}

void expect_rates_after_metrics(LrScheduler& schedule, const GoldenRow& row, std::size_t first) {
  EXPECT_DOUBLE_EQ(schedule.learning_rate(), row.rates[first]) << "at first";
  for (std::size_t i = first; i < row.metrics.size(); ++i) {
    schedule.step_metric(row.metrics[i]);
    EXPECT_DOUBLE_EQ(schedule.learning_rate(), row.rates[i + 1]) << "after metric " << i;
  }
}

TEST(LrSchedule, ClosedFormsGiveTheReferencesRates) {
  for (const GoldenRow& row : golden_rows(Kind::kClosedForm)) {
    SCOPED_TRACE(row.about);
    LrScheduler schedule(row.spec);
    EXPECT_FALSE(schedule.is_metric_driven());
    for (std::size_t step = 0; step < row.rates.size(); ++step, schedule.step()) {
      EXPECT_DOUBLE_EQ(schedule.learning_rate(), row.rates[step]) << "update " << step;
    }
  }
}

TEST(LrSchedule, MetricDrivenOnesMoveAsTheReferences) {
  for (const GoldenRow& row : golden_rows(Kind::kMetricDriven)) {
    SCOPED_TRACE(row.about);
    LrScheduler schedule(row.spec);
    EXPECT_TRUE(schedule.is_metric_driven());
    expect_rates_after_metrics(schedule, row, 0);
  }
}

TEST(LrSchedule, MetricDrivenOnesGoOnFromAStateOfTheReference) {
  for (const GoldenRow& row : golden_rows(Kind::kMetricDriven)) {
    SCOPED_TRACE(row.about);
    LrScheduler schedule(row.spec);
    schedule.restore({.steps = 7, .metric = row.half_way});
    expect_rates_after_metrics(schedule, row, row.metrics.size() / 2);
  }
}

TEST(LrSchedule, MetricDrivenOnesGoOnFromTheirOwnState) {
  for (const GoldenRow& row : golden_rows(Kind::kMetricDriven)) {
    SCOPED_TRACE(row.about);
    LrScheduler schedule(row.spec);
    for (std::size_t i = 0; i < row.metrics.size(); ++i) {
      LrScheduler resumed(row.spec);
      resumed.restore(schedule.state());
      expect_rates_after_metrics(resumed, row, i);
      schedule.step_metric(row.metrics[i]);
    }
  }
}

TEST(LrSchedule, RestoringTakesEffectAtOnceWithTheCurrentArguments_D19) {
  LrScheduler before({.learning_rate = 1.0, .max_steps = 10});
  for (int i = 0; i < 4; ++i) before.step();
  LrScheduler after({.learning_rate = 2.0, .max_steps = 20});
  after.restore(before.state());
  EXPECT_DOUBLE_EQ(after.learning_rate(), 2.0 * 16 / 20);
  after.step();
  EXPECT_DOUBLE_EQ(after.learning_rate(), 2.0 * 15 / 20);
}

TEST(LrSchedule, MetricDrivenOnesKeepTheirRateButFollowCurrentSettings_D19) {
  LrScheduler before({.type = LrSchedulerType::kReduceLrOnPlateau, .learning_rate = 1.0, .kwargs = {{"patience", 0}}});
  before.step_metric(1.0);
  before.step_metric(1.0);
  LrScheduler after({.type = LrSchedulerType::kReduceLrOnPlateau,
                     .learning_rate = 5.0,
                     .kwargs = {{"patience", 0}, {"factor", 0.5}}});
  after.restore(before.state());
  EXPECT_DOUBLE_EQ(after.learning_rate(), 0.1);
  after.step_metric(1.0);
  EXPECT_DOUBLE_EQ(after.learning_rate(), 0.05);
}

TEST(LrSchedule, StateOfAClosedFormIsTheStepAlone) {
  LrScheduler schedule({.max_steps = 10});
  schedule.step();
  schedule.step_metric(0.5);
  EXPECT_EQ(schedule.state(), (LrSchedulerState{.steps = 1}));
}

TEST(LrSchedule, MetricDrivenOnesCountUpdatesWithoutMoving) {
  LrScheduler schedule({.type = LrSchedulerType::kGreedy, .learning_rate = 0.1});
  const Record memory = schedule.state().metric;
  for (int i = 0; i < 3; ++i) schedule.step();
  EXPECT_EQ(schedule.state(), (LrSchedulerState{.steps = 3, .metric = memory}));
  EXPECT_DOUBLE_EQ(schedule.learning_rate(), 0.1);
}

TEST(LrSchedule, RestoringWithoutAMemoryStartsAfresh) {
  LrScheduler schedule({.type = LrSchedulerType::kGreedy, .learning_rate = 0.1});
  const LrSchedulerState fresh = schedule.state();
  schedule.restore({});
  EXPECT_EQ(schedule.state(), fresh);
}

TEST(LrSchedule, RefusesMemoriesOfTheWrongType) {
  const std::vector<Record> memories = {
      {{"best", "good"}},
      {{"num_bad_epochs", 1.5}},
      {{"cooldown_counter", true}},
      {{"_last_lr", 0.1}},
      {{"_last_lr", Value::List{}}},
      {{"_last_lr", Value::List{"fast"}}},
      {{"_streaming_avg", 3}},
      {{"_streaming_avg", Record{{"values", 3}}}},
  };
  for (const Record& memory : memories) {
    LrScheduler schedule({.type = LrSchedulerType::kGreedy, .kwargs = {{"smooth", true}}});
    EXPECT_THROW(schedule.restore({.metric = memory}), CheckpointError) << json::dump(memory);
  }
}

TEST(LrSchedule, PolynomialWithoutRoomToDecayGivesTheEndRate) {
  const std::vector<std::pair<std::int64_t, std::int64_t>> warmups_and_lengths = {{5, 5}, {9, 5}, {0, 0}};
  for (const auto& [warmup, length] : warmups_and_lengths) {
    LrScheduler schedule({.type = LrSchedulerType::kPolynomial, .warmup_steps = warmup, .max_steps = length});
    schedule.restore({.steps = warmup});
    EXPECT_DOUBLE_EQ(schedule.learning_rate(), 1e-7) << warmup << " of " << length;
  }
}

TEST(LrSchedule, NoRunGetsARateThatIsNotANumber) {
  for (const GoldenRow& row : golden_rows(Kind::kClosedForm)) {
    for (const std::int64_t warmup : {0, 1, 3, 8}) {
      for (const std::int64_t length : {0, 1, 3, 8}) {
        LrScheduleSpec spec = row.spec;
        spec.warmup_steps = warmup;
        spec.max_steps = length;
        LrScheduler schedule(spec);
        for (int step = 0; step < 10; ++step, schedule.step()) {
          EXPECT_TRUE(std::isfinite(schedule.learning_rate())) << row.about << " at " << step;
        }
      }
    }
  }
}

std::string problem_with(LrSchedulerType type, const Record& kwargs, double learning_rate = 5e-5) {
  try {
    LrScheduler({.type = type, .learning_rate = learning_rate, .max_steps = 10, .kwargs = kwargs});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(LrSchedule, RefusesKeywordArgumentsByName) {
  using T = LrSchedulerType;
  struct Row {
    T type;
    Record kwargs;
    const char* problem;
  };
  const std::vector<Row> rows = {
      {T::kLinear, {{"num_cycles", 2}}, "linear has no argument num_cycles"},
      {T::kCosine, {{"cycles", 2}}, "cosine has no argument cycles, only num_cycles"},
      {T::kCosine, {{"num_cycles", "two"}}, "num_cycles = \"two\", expected a number"},
      {T::kCosine, {{"num_cycles", nullptr}}, "num_cycles = null, expected a number"},
      {T::kCosine, {{"num_cycles", kNaN}}, "num_cycles = NaN, expected a number"},
      {T::kPolynomial, {{"lr_end", 1}}, "lr_end (1.0) below the learning rate (5e-05)"},
      {T::kPolynomial, {{"power", -1}}, "a power of at least 0"},
      {T::kInverseSqrt, {{"timescale", 0}}, "a timescale above 0"},
      {T::kCosineWithMinLr, {}, "needs either min_lr or min_lr_rate"},
      {T::kCosineWithMinLr, {{"min_lr", 0}, {"min_lr_rate", 0}}, "needs either min_lr or min_lr_rate"},
      {T::kCosineWarmupWithMinLr, {{"min_lr_rate", nullptr}}, "needs either min_lr or min_lr_rate"},
      {T::kWarmupStableDecay, {}, "needs num_decay_steps"},
      {T::kWarmupStableDecay, {{"num_decay_steps", 2}, {"decay_type", "x"}}, "one of linear, cosine, 1-sqrt"},
      {T::kReduceLrOnPlateau, {{"factor", 1.0}}, "a factor below 1, not 1.0"},
      {T::kReduceLrOnPlateau, {{"mode", "best"}}, "mode = \"best\", expected one of min, max"},
      {T::kReduceLrOnPlateau, {{"threshold_mode", 1}}, "threshold_mode = 1, expected one of rel, abs"},
      {T::kReduceLrOnPlateau, {{"patience", 1.5}}, "patience = 1.5, expected a whole number"},
      {T::kReduceLrOnPlateau, {{"min_lr", Value::List{0.1}}}, "min_lr = [0.1], expected a number"},
      {T::kReduceLrOnPlateau, {{"max_lr", 1}}, "reduce_lr_on_plateau has no argument max_lr"},
      {T::kGreedy, {{"factor", 0}}, "a factor above 0"},
      {T::kGreedy, {{"window_size", 0}}, "a window_size above 0"},
      {T::kGreedy, {{"smooth", "yes"}}, "smooth = \"yes\", expected true or false"},
  };
  for (const auto& [type, kwargs, problem] : rows) EXPECT_THAT(problem_with(type, kwargs), HasSubstr(problem));
}

TEST(LrSchedule, NamesEveryProblemAtOnce) {
  const std::string problems =
      problem_with(LrSchedulerType::kWarmupStableDecay, {{"decay_steps", 3}, {"warmup_type", "slow"}});
  EXPECT_THAT(problems, AllOf(HasSubstr("decay_steps, only num_decay_steps"), HasSubstr("needs num_decay_steps"),
                              HasSubstr("warmup_type = \"slow\"")));
}

TEST(LrSchedule, RefusesALowestRateForALearningRateOf0) {
  EXPECT_THAT(problem_with(LrSchedulerType::kCosineWithMinLr, {{"min_lr", 1e-6}}, 0.0), HasSubstr("min_lr"));
}

TEST(LrSchedule, TakesWholeNumbersWrittenAsFloats) {
  EXPECT_EQ(problem_with(LrSchedulerType::kGreedy, {{"patience", 2.0}, {"smooth", 1}, {"verbose", true}}), "none");
}

TEST(WarmupUpdates, AreAShareBelow1AndANumberFromThere) {
  struct Row {
    double warmup_steps;
    std::int64_t max_steps;
    std::int64_t updates;
    const char* why;
  };
  const std::vector<Row> rows = {
      {0.0, 100, 0, "none"},
      {0.1, 33, 4, "rounded up"},
      {0.07, 100, 8, "7.000000000000001 in doubles"},
      {0.999, 3, 3, "never more than the run"},
      {0.5, 0, 0, "a run without updates"},
      {1.0, 20, 1, "one update, not the whole run"},
      {2.9, 100, 2, "cut off"},
      {100.0, 10, 100, "longer than the run"},
      {9e18, 10, 9'000'000'000'000'000'000, "as long as 64 bits allow"},
  };
  for (const Row& row : rows) EXPECT_EQ(warmup_updates(row.warmup_steps, row.max_steps), row.updates) << row.why;
}

TEST(WarmupUpdates, RefuseWhatIsNoNumberOfUpdates) {
  for (const double bad : {-1.0, -0.1, kNaN, 1e19, std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW(warmup_updates(bad, 100), ConfigError) << bad;
  }
}

}  // namespace
}  // namespace baton
