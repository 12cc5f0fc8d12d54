#include "src/core/best_model.h"

#include "baton/core/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

namespace baton {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ResolvedArguments watching(const std::string& metric, bool greater_is_better = false) {
  ResolvedArguments args;
  args.metric_for_best_model = metric;
  args.greater_is_better = greater_is_better;
  return args;
}

TEST(WatchedValue, IsFoundWithThePrefixOrWithout) {
  const Record metrics{{"eval_loss", 0.5}, {"eval_f1", 1}};
  EXPECT_EQ(watched_value(watching("loss"), metrics), 0.5);
  EXPECT_EQ(watched_value(watching("eval_loss"), metrics), 0.5);
  EXPECT_EQ(watched_value(watching("f1"), metrics), 1.0);
}

TEST(WatchedValue, AMissingOneIsAnErrorThatNamesItAndWhatThereIs) {
  for (const Record& metrics : {Record{{"loss", 1}, {"eval_f1", 1}}, Record{{"eval_loss", "low"}, {"eval_f1", 1}}}) {
    try {
      watched_value(watching("loss"), metrics);
      ADD_FAILURE() << "found";
    } catch (const MissingMetricError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("eval_loss"), HasSubstr("eval_f1")));
    }
  }
}

struct Comparison {
  bool greater_is_better;
  std::optional<double> best;
  double value;
  bool is_better;
  double best_after;
  const char* why;
};

TEST(UpdateBest, MovesToStrictlyBetterValues) {
  const double nan = std::nan("");
  const Comparison rows[] = {
      {false, {}, 3, true, 3, "anything finite is better than nothing"},
      {true, {}, -3, true, -3, "also if greater is better"},
      {false, 3, 2, true, 2, "lower"},
      {false, 3, 3, false, 3, "equal is not better"},
      {false, 3, 4, false, 3, "higher"},
      {true, 3, 4, true, 4, "higher where greater is better"},
      {true, 3, 2, false, 3, "lower where greater is better"},
      {false, 3, nan, false, 3, "a NaN is never better"},
      {false, {}, nan, false, INFINITY, "a NaN at first leaves the worst there is"},
      {true, {}, nan, false, -INFINITY, "a NaN at first leaves the worst there is"},
      {false, INFINITY, 9, true, 9, "anything is better than the worst"},
  };
  for (const Comparison& row : rows) {
    TrainerState state;
    state.best_metric = row.best;
    EXPECT_EQ(update_best(watching("loss", row.greater_is_better), row.value, state), row.is_better) << row.why;
    EXPECT_EQ(state.best_metric, row.best_after) << row.why;
  }
}

TEST(UpdateBest, NotesTheStepWhereCheckpointsAreKept) {
  for (const SaveStrategy strategy : {SaveStrategy::kSteps, SaveStrategy::kEpoch, SaveStrategy::kBest}) {
    ResolvedArguments args = watching("loss");
    args.save_strategy = strategy;
    TrainerState state;
    state.global_step = 7;
    update_best(args, 1, state);
    EXPECT_EQ(state.best_global_step, 7);
    state.global_step = 8;
    update_best(args, 2, state);
    EXPECT_EQ(state.best_global_step, 7) << "that one was not better";
  }
}

TEST(UpdateBest, WithoutCheckpointsTheStepMattersOnlyIfTheBestIsToBeLoaded) {
  ResolvedArguments args = watching("loss");
  args.save_strategy = SaveStrategy::kNo;
  TrainerState state;
  state.global_step = 7;
  update_best(args, 2, state);
  EXPECT_EQ(state.best_global_step, std::nullopt);
  args.load_best_model_at_end = true;
  update_best(args, 1, state);
  EXPECT_EQ(state.best_global_step, 7);
}

}  // namespace
}  // namespace baton
