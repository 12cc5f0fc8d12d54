#include "baton/callbacks/early_stopping.h"

#include "baton/core/errors.h"
#include "tests/fakes/fake_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(IsImprovement, NeedsAStrictGainAboveTheThreshold) {
  struct Row {
    double metric;
    std::optional<double> best;
    ImprovementRule rule;
    bool improves;
    const char* why;
  };
  const ImprovementRule up{.greater_is_better = true};
  const ImprovementRule down{.greater_is_better = false};
  const ImprovementRule up_by_tenth{.greater_is_better = true, .threshold = 0.1};
  for (const Row& row :
       {Row{0.8, 0.9, up, false, "worse"}, Row{0.95, 0.9, up, true, "better"},
        Row{0.9, 0.9, up, false, "equal is not better"}, Row{0.8, 0.9, down, true, "smaller is better here"},
        Row{0.95, 0.9, down, false, "larger is worse here"},
        Row{0.85, 0.8, up_by_tenth, false, "better, but by less than the threshold"},
        Row{0.95, 0.8, up_by_tenth, true, "better by more than the threshold"},
        Row{0.6, 0.8, up_by_tenth, false, "far off in the wrong direction"},
        Row{kNaN, std::nullopt, up, true, "the first evaluation counts, whatever it is"},
        Row{kNaN, 0.5, up, false, "NaN is never better"}, Row{kNaN, 0.5, down, false, "NaN is never better"},
        Row{0.5, -kInf, up, true, "anything finite is better than -inf"},
        Row{-kInf, -kInf, up, false, "inf - inf is no gain"}}) {
    EXPECT_EQ(is_improvement(row.metric, row.best, row.rule), row.improves) << row.why;
  }
}

class EarlyStopping : public testing::Test {
 protected:
  EarlyStopping() {
    run.args.metric_for_best_model = "accuracy";
    run.args.greater_is_better = true;
    run.args.eval_strategy = EvalStrategy::kSteps;
    run.args.load_best_model_at_end = true;
  }

  /// Evaluates as the trainer does: the callback first, then the best metric moves on any gain.
  void evaluate(EarlyStoppingCallback& callback, std::initializer_list<double> accuracies) {
    for (const double accuracy : accuracies) {
      run.evaluate(callback, {{"eval_accuracy", accuracy}});
      if (!(run.state.best_metric >= accuracy)) run.state.best_metric = accuracy;
    }
  }

  std::vector<std::string> problems_at_train_begin() {
    EarlyStoppingCallback callback;
    try {
      run.train_begin(callback);
    } catch (const ConfigError& error) {
      return error.problems();
    }
    return {};
  }

  fakes::FakeRun run;
};

TEST_F(EarlyStopping, StopsWhenPatienceIsExhausted) {
  EarlyStoppingCallback callback(2);
  evaluate(callback, {0.5, 0.6, 0.6});
  EXPECT_EQ(callback.counter(), 1);
  EXPECT_FALSE(run.control.should_training_stop);
  evaluate(callback, {0.55});
  EXPECT_EQ(callback.counter(), 2);
  EXPECT_TRUE(run.control.should_training_stop);
}

TEST_F(EarlyStopping, CountsAgainFromZeroAfterAnImprovement) {
  EarlyStoppingCallback callback(2);
  evaluate(callback, {0.5, 0.4, 0.6});
  EXPECT_EQ(callback.counter(), 0);
  evaluate(callback, {0.4});
  EXPECT_FALSE(run.control.should_training_stop);
}

TEST_F(EarlyStopping, StopsARunThatCreepsForwardBelowTheThreshold) {
  EarlyStoppingCallback callback(3, 0.1);
  evaluate(callback, {0.5, 0.55, 0.6, 0.65});
  EXPECT_EQ(callback.counter(), 3);
  EXPECT_EQ(run.state.best_metric, 0.65);
  EXPECT_TRUE(run.control.should_training_stop);
}

TEST_F(EarlyStopping, AcceptsTheMetricNameWithItsPrefix) {
  run.args.metric_for_best_model = "eval_accuracy";
  run.state.best_metric = 0.9;
  EarlyStoppingCallback callback(5);
  evaluate(callback, {0.8});
  EXPECT_EQ(callback.counter(), 1);
}

TEST_F(EarlyStopping, NoticesAMissingMetricAndKeepsTheCount) {
  EarlyStoppingCallback callback(2);
  evaluate(callback, {0.5, 0.4});
  run.evaluate(callback, {{"eval_loss", 1.0}});
  EXPECT_EQ(callback.counter(), 1);
  EXPECT_THAT(run.notices.ids(), ElementsAre("early_stopping_metric_missing"));
  EXPECT_THAT(run.notices.all[0].text, HasSubstr("\"eval_accuracy\""));
  evaluate(callback, {0.4});
  EXPECT_TRUE(run.control.should_training_stop) << "a missing metric does not switch it off";
}

TEST_F(EarlyStopping, NeverClearsTheStopFlag) {
  EarlyStoppingCallback callback(2);
  run.control.should_training_stop = true;
  evaluate(callback, {0.5});
  EXPECT_TRUE(run.control.should_training_stop);
}

TEST_F(EarlyStopping, ListsAllProblemsAtTrainBegin) {
  EXPECT_TRUE(problems_at_train_begin().empty());
  run.args.metric_for_best_model = "";
  run.args.eval_strategy = EvalStrategy::kNo;
  EXPECT_THAT(problems_at_train_begin(), ElementsAre(HasSubstr("metric_for_best_model"), HasSubstr("eval_strategy")));
}

TEST_F(EarlyStopping, NoticesThatTheBestModelWillNotComeBackAlsoIfItThenThrows) {
  EXPECT_TRUE(run.notices.all.empty());
  run.args.load_best_model_at_end = false;
  run.args.metric_for_best_model = "";
  EXPECT_FALSE(problems_at_train_begin().empty());
  EXPECT_THAT(run.notices.ids(), ElementsAre("early_stopping_without_load_best"));
}

TEST_F(EarlyStopping, KeepsItsCountInASecondRun) {
  EarlyStoppingCallback callback(3);
  evaluate(callback, {0.5, 0.4});
  run.train_begin(callback);
  EXPECT_EQ(callback.counter(), 1);
}

TEST_F(EarlyStopping, SavesTheReferencesKeys) {
  EarlyStoppingCallback callback(2, 0.25);
  evaluate(callback, {0.5, 0.4});
  EXPECT_EQ(callback.state_key(), "EarlyStoppingCallback");
  EXPECT_EQ(callback.state().args, (Record{{"early_stopping_patience", 2}, {"early_stopping_threshold", 0.25}}));
  EXPECT_EQ(callback.state().attributes, (Record{{"early_stopping_patience_counter", 1}}));
}

TEST_F(EarlyStopping, RestoresCountAndConstructorArguments) {
  EarlyStoppingCallback saved(2, 0.25);
  evaluate(saved, {0.5, 0.4});
  EarlyStoppingCallback fresh;
  fresh.restore(saved.state());
  EXPECT_EQ(fresh.state(), saved.state());
}

TEST_F(EarlyStopping, TakesAnIntegerAsThresholdAndKeepsWhatASavedStateLacks) {
  EarlyStoppingCallback callback(4, 0.5);
  callback.restore({.args = {{"early_stopping_threshold", 0}}, .attributes = {}});
  EXPECT_EQ(callback.state().args, (Record{{"early_stopping_patience", 4}, {"early_stopping_threshold", 0.0}}));
}

TEST_F(EarlyStopping, RefusesADamagedStateAndStaysAsItWas) {
  EarlyStoppingCallback callback(4, 0.5);
  const CallbackState before = callback.state();
  const CallbackState good{.args = {{"early_stopping_patience", 1}, {"early_stopping_threshold", 0.1}},
                           .attributes = {{"early_stopping_patience_counter", 3}}};
  for (const auto& [key, value] :
       {Record::Item{"early_stopping_patience", "many"}, Record::Item{"early_stopping_patience", 1.5},
        Record::Item{"early_stopping_patience", -1}, Record::Item{"early_stopping_threshold", nullptr},
        Record::Item{"early_stopping_threshold", kNaN}}) {
    CallbackState damaged = good;
    damaged.args.set(key, value);
    EXPECT_THROW(callback.restore(damaged), StateError) << key;
    EXPECT_EQ(callback.state(), before);
  }
  EXPECT_THROW(callback.restore({.args = {}, .attributes = {{"early_stopping_patience_counter", true}}}), StateError);
  EXPECT_EQ(callback.state(), before);
}

TEST_F(EarlyStopping, RefusesNegativeAndNaNArguments) {
  EXPECT_THROW(EarlyStoppingCallback(-1), ConfigError);
  EXPECT_THROW(EarlyStoppingCallback(1, -0.5), ConfigError);
  EXPECT_THROW(EarlyStoppingCallback(1, kNaN), ConfigError);
}

}  // namespace
}  // namespace baton
