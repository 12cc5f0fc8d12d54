#include "baton/core/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "baton/core/argument_fields.h"
#include "baton/core/errors.h"
#include "src/base/json.h"
#include "tests/fakes/test_files.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr auto kSteps = EvalStrategy::kSteps;

/// Arguments with one change.
struct Change {
  const char* about;
  std::function<void(TrainingArguments&)> make;
  const char* flag = "";  ///< that the problem names
};

std::ostream& operator<<(std::ostream& out, const Change& change) { return out << change.about << ' ' << change.flag; }

TrainingArguments changed(const Change& change) {
  TrainingArguments args;
  change.make(args);
  return args;
}

class RefusedArgument : public testing::TestWithParam<Change> {};

TEST_P(RefusedArgument, IsOneProblemThatNamesTheFlag) {
  EXPECT_THAT(argument_problems(changed(GetParam())), ElementsAre(HasSubstr(GetParam().flag)));
}

using Args = TrainingArguments;

INSTANTIATE_TEST_SUITE_P(
    Ranges, RefusedArgument,
    testing::Values(
        Change{"nowhere to write", [](Args& a) { a.output_dir = ""; }, "--output_dir"},
        Change{"the reference's generators take no negative seed", [](Args& a) { a.seed = -1; }, "--seed -1"},
        Change{"nor one beyond 32 bits", [](Args& a) { a.seed = 4294967296; }, "--seed 4294967296"},
        Change{"negative data seed", [](Args& a) { a.data_seed = -3; }, "--data_seed -3"},
        Change{"negative length", [](Args& a) { a.num_train_epochs = -1; }, "--num_train_epochs -1"},
        Change{"endless", [](Args& a) { a.num_train_epochs = kInfinity; }, "--num_train_epochs"},
        Change{"empty batches", [](Args& a) { a.per_device_train_batch_size = 0; }, "--per_device_train_batch_size 0"},
        Change{"empty batches", [](Args& a) { a.per_device_eval_batch_size = 0; }, "--per_device_eval_batch_size 0"},
        Change{"no window", [](Args& a) { a.gradient_accumulation_steps = 0; }, "--gradient_accumulation_steps 0"},
        Change{"ascent", [](Args& a) { a.learning_rate = -1e-3; }, "--learning_rate -0.001"},
        Change{"no rate", [](Args& a) { a.learning_rate = kNaN; }, "--learning_rate NaN"},
        Change{"infinite rate", [](Args& a) { a.learning_rate = kInfinity; }, "--learning_rate Infinity"},
        Change{"growth", [](Args& a) { a.weight_decay = -0.1; }, "--weight_decay -0.1"},
        Change{"a mean that never forgets", [](Args& a) { a.adam_beta1 = 1.0; }, "--adam_beta1 1"},
        Change{"negative beta", [](Args& a) { a.adam_beta2 = -0.5; }, "--adam_beta2 -0.5"},
        Change{"negative epsilon", [](Args& a) { a.adam_epsilon = -1e-8; }, "--adam_epsilon -1e-08"},
        Change{"clipping to NaN", [](Args& a) { a.max_grad_norm = kNaN; }, "--max_grad_norm NaN"},
        Change{"no label left", [](Args& a) { a.label_smoothing_factor = 1.0; }, "--label_smoothing_factor 1"},
        Change{"negative noise", [](Args& a) { a.neftune_noise_alpha = -5.0; }, "--neftune_noise_alpha -5"},
        Change{"negative warm-up", [](Args& a) { a.warmup_steps = -1; }, "--warmup_steps -1"},
        Change{"negative delay", [](Args& a) { a.eval_delay = -1; }, "--eval_delay -1"},
        Change{"no batches kept", [](Args& a) { a.eval_accumulation_steps = 0; }, "--eval_accumulation_steps 0"},
        Change{"negative threads", [](Args& a) { a.dataloader_num_workers = -1; }, "--dataloader_num_workers -1"},
        Change{"never due", [](Args& a) { a.torch_empty_cache_steps = 0; }, "--torch_empty_cache_steps 0"}));

INSTANTIATE_TEST_SUITE_P(
    Combinations, RefusedArgument,
    testing::Values(
        Change{"half precisions exclude each other", [](Args& a) { a.bf16 = a.fp16 = true; }, "--bf16"},
        Change{"in evaluation too", [](Args& a) { a.bf16_full_eval = a.fp16_full_eval = true; }, "--bf16_full_eval"},
        Change{"nobody prefetches", [](Args& a) { a.dataloader_prefetch_factor = 2; }, "--dataloader_num_workers"},
        Change{"a plateau of what?", [](Args& a) { a.lr_scheduler_type = LrSchedulerType::kReduceLrOnPlateau; },
               "reduce_lr_on_plateau"},
        Change{"greedy follows a metric too", [](Args& a) { a.lr_scheduler_type = LrSchedulerType::kGreedy; },
               "greedy"},
        Change{"none and some",
               [](Args& a) {
                 a.report_to = {"none", "wandb"};
               },
               "--report_to"}));

INSTANTIATE_TEST_SUITE_P(
    Cadences, RefusedArgument,
    testing::Values(
        Change{"case 27", [](Args& a) { a.logging_steps = 2.5; }, "--logging_steps 2.5"},
        Change{"case 27", [](Args& a) { a.logging_steps = 0; }, "--logging_steps 0"},
        Change{"case 27", [](Args& a) { a.eval_strategy = kSteps, a.eval_steps = 2.5; }, "--eval_steps 2.5"},
        Change{"case 27", [](Args& a) { a.save_steps = 2.5; }, "--save_steps 2.5"},
        Change{"never due", [](Args& a) { a.save_steps = -5; }, "--save_steps -5"},
        Change{"never due", [](Args& a) { a.logging_steps = -5; }, "--logging_steps -5"},
        Change{"never due", [](Args& a) { a.eval_strategy = kSteps, a.eval_steps = -5; }, "--eval_steps -5"},
        Change{"no number", [](Args& a) { a.save_steps = kNaN; }, "--save_steps NaN"},
        Change{"case 53: strategies differ",
               [](Args& a) { a.load_best_model_at_end = true, a.eval_strategy = EvalStrategy::kEpoch; },
               "--load_best_model_at_end"},
        Change{"case 53: no evaluation", [](Args& a) { a.load_best_model_at_end = true; }, "--eval_strategy"},
        Change{"case 53: 7 is no multiple of 5",
               [](Args& a) {
                 a.load_best_model_at_end = true, a.eval_strategy = kSteps, a.eval_steps = 5, a.save_steps = 7;
               },
               "7 and 5"},
        Change{"case 53: a count and a fraction",
               [](Args& a) {
                 a.load_best_model_at_end = true, a.eval_strategy = kSteps, a.eval_steps = 10, a.save_steps = 0.1;
               },
               "0.1 and 10"}));

class AcceptedArgument : public testing::TestWithParam<Change> {};

TEST_P(AcceptedArgument, IsNoProblem) { EXPECT_THAT(argument_problems(changed(GetParam())), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(
    All, AcceptedArgument,
    testing::Values(
        Change{"the defaults", [](Args&) {}}, Change{"case 12: no epochs", [](Args& a) { a.num_train_epochs = 0; }},
        Change{"epochs count for nothing beside max_steps", [](Args& a) { a.num_train_epochs = -1, a.max_steps = 5; }},
        Change{"any negative max_steps is unset", [](Args& a) { a.max_steps = -7; }},
        Change{"frozen", [](Args& a) { a.learning_rate = 0; }},
        Change{"as LibTorch's own check", [](Args& a) { a.adam_epsilon = 0; }},
        Change{"a negative norm turns clipping off", [](Args& a) { a.max_grad_norm = -1; }},
        Change{"an infinite norm never clips", [](Args& a) { a.max_grad_norm = kInfinity; }},
        Change{"a cadence that is not used", [](Args& a) { a.save_steps = 2.5, a.save_strategy = SaveStrategy::kNo; }},
        Change{"saves by steps may be off", [](Args& a) { a.save_steps = 0; }},
        Change{"case 53: both fractions, although 0.3 / 0.1 is not whole",
               [](Args& a) {
                 a.load_best_model_at_end = true, a.eval_strategy = kSteps, a.eval_steps = 0.1, a.save_steps = 0.3;
               }},
        Change{"a whole quotient, as in the reference",
               [](Args& a) {
                 a.load_best_model_at_end = true, a.eval_strategy = kSteps, a.eval_steps = 0.5, a.save_steps = 10;
               }},
        Change{"best saves fit any evaluation",
               [](Args& a) {
                 a.load_best_model_at_end = true, a.eval_strategy = kSteps, a.save_strategy = SaveStrategy::kBest;
               }},
        Change{"prefetch with threads",
               [](Args& a) { a.dataloader_prefetch_factor = 2, a.dataloader_num_workers = 1; }}));

TEST(ArgumentProblems, D12RefuseZeroMaxSteps) {
  EXPECT_THAT(argument_problems({.max_steps = 0}), ElementsAre(HasSubstr("--max_steps 0: expected 1 or more")));
}

TEST(ArgumentProblems, AreAllReportedTogether) {
  const TrainingArguments args{.seed = -1, .max_steps = 0, .learning_rate = -1, .save_steps = 2.5};
  EXPECT_THAT(argument_problems(args), SizeIs(4));
}

TEST(ArgumentProblems, NameBothCadencesWhenNothingStandsInForEvalSteps) {
  const TrainingArguments args{
      .logging_strategy = LoggingStrategy::kNo, .logging_steps = 0, .eval_strategy = EvalStrategy::kSteps};
  EXPECT_THAT(argument_problems(args),
              ElementsAre(testing::AllOf(HasSubstr("--eval_steps"), HasSubstr("--logging_steps"))));
}

TEST(DataProblems, AreNoneForSizedDataWithoutEvaluation) { EXPECT_THAT(data_problems({}, {}), IsEmpty()); }

TEST(DataProblems, NameTheStrategyWhenThereIsNothingToEvaluateOn) {
  EXPECT_THAT(data_problems({.eval_strategy = EvalStrategy::kEpoch}, {.has_eval_data = false}),
              ElementsAre(HasSubstr("--eval_strategy")));
}

TEST(DataProblems, NameTheStrategyWhenNothingTellsWhatIsBest) {
  EXPECT_THAT(data_problems({.save_strategy = SaveStrategy::kBest}, {}),
              ElementsAre(HasSubstr("--save_strategy best")));
  EXPECT_THAT(data_problems({.save_strategy = SaveStrategy::kBest, .metric_for_best_model = "accuracy"}, {}),
              IsEmpty());
}

TEST(DataProblems, AskForMaxStepsWhenTheDataHasNoLength) {
  EXPECT_THAT(data_problems({}, {.train_data_is_sized = false}), ElementsAre(HasSubstr("--max_steps -1")));
  EXPECT_THAT(data_problems({.max_steps = 5}, {.train_data_is_sized = false}), IsEmpty());
  EXPECT_THAT(data_problems({}, {.has_train_data = false, .train_data_is_sized = false}), IsEmpty());
}

TEST(DataProblems, RefuseGroupingByALengthThatDataWithoutLengthHasNot) {
  EXPECT_THAT(data_problems({.max_steps = 5, .train_sampling_strategy = SamplingStrategy::kGroupByLength},
                            {.train_data_is_sized = false}),
              ElementsAre(HasSubstr("group_by_length")));
}

TEST(GreaterIsBetter, IsFalseForNamesThatEndInLoss) {  // case 50
  for (const char* name : {"loss", "eval_loss", "eval_a_loss"}) EXPECT_FALSE(greater_is_better_by_name(name)) << name;
  for (const char* name : {"accuracy", "loss_rate", "Loss", ""}) EXPECT_TRUE(greater_is_better_by_name(name)) << name;
}

TEST(Resolve, ThrowsEveryProblemAtOnce) {
  try {
    resolve({.seed = -1, .learning_rate = -1});
    FAIL() << "nothing thrown";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.problems(), ElementsAre(HasSubstr("--seed"), HasSubstr("--learning_rate")));
  }
}

TEST(Resolve, ExpandsTheHomeFolder) {
  EXPECT_EQ(resolve({.output_dir = "~/runs/a"}, "/data/ada").output_dir, "/data/ada/runs/a");
  EXPECT_EQ(resolve({.output_dir = "~"}, "/data/ada").output_dir, "/data/ada");
  EXPECT_EQ(resolve({.output_dir = "runs/~"}, "/data/ada").output_dir, "runs/~");
  EXPECT_EQ(resolve({.output_dir = "~ada/runs"}, "/data/ada").output_dir, "~ada/runs");
}

TEST(Resolve, ThrowsIfThereIsNoHomeFolderToExpand) {
  EXPECT_THROW(resolve({.output_dir = "~/a"}, ""), ConfigError);
  EXPECT_EQ(resolve({.output_dir = "a"}, "").output_dir, "a");
}

TEST(Resolve, ReplacesUnsetFieldsByWhatTheyMean) {
  const ResolvedArguments args = resolve({.seed = 7});
  EXPECT_EQ(args.data_seed, 7);
  EXPECT_FALSE(args.disable_tqdm);
  EXPECT_EQ(args.eval_steps, 0.0);
  EXPECT_EQ(args.save_total_limit, 0);
  EXPECT_EQ(args.metric_for_best_model, "");
  EXPECT_EQ(args.watched_metric(), "");
  EXPECT_EQ(args.resume_from_checkpoint, "");
}

TEST(Resolve, KeepsFieldsThatAreSet) {
  const ResolvedArguments args = resolve({.data_seed = 3,
                                          .disable_tqdm = true,
                                          .eval_strategy = EvalStrategy::kSteps,
                                          .eval_steps = 4,
                                          .save_total_limit = 2,
                                          .metric_for_best_model = "accuracy",
                                          .greater_is_better = false});
  EXPECT_EQ(args.data_seed, 3);
  EXPECT_TRUE(args.disable_tqdm);
  EXPECT_EQ(args.eval_steps, 4.0);
  EXPECT_EQ(args.save_total_limit, 2);
  EXPECT_FALSE(args.greater_is_better);
}

TEST(Resolve, TakesEvalStepsFromLoggingSteps) {
  const auto evaluated = [](std::optional<double> eval_steps) {
    return resolve({.logging_steps = 7, .eval_strategy = EvalStrategy::kSteps, .eval_steps = eval_steps}).eval_steps;
  };
  EXPECT_EQ(evaluated(std::nullopt), 7.0);
  EXPECT_EQ(evaluated(0.0), 7.0);
  EXPECT_EQ(evaluated(2.0), 2.0);
}

TEST(Resolve, WatchesTheLossWhereAMetricIsNeededAndNoneIsNamed) {
  const ResolvedArguments args =
      resolve({.lr_scheduler_type = LrSchedulerType::kGreedy, .eval_strategy = EvalStrategy::kEpoch});
  EXPECT_EQ(args.watched_metric(), "eval_loss");
  EXPECT_FALSE(args.greater_is_better);
}

TEST(Resolve, PutsEvalBeforeTheWatchedMetricOnce) {
  EXPECT_EQ(resolve({.metric_for_best_model = "accuracy"}).watched_metric(), "eval_accuracy");
  EXPECT_EQ(resolve({.metric_for_best_model = "eval_accuracy"}).watched_metric(), "eval_accuracy");
}

TEST(Resolve, ReadsBooleanWordsInResumeFromCheckpoint) {
  EXPECT_EQ(resolve({.resume_from_checkpoint = "false"}).resume_from_checkpoint, "");
  EXPECT_EQ(resolve({.resume_from_checkpoint = "True"}).resume_from_checkpoint, "true");
  EXPECT_EQ(resolve({.resume_from_checkpoint = "runs/a/checkpoint-5"}).resume_from_checkpoint, "runs/a/checkpoint-5");
}

TEST(Resolve, TakesNegativeLimitsAsOff) {
  EXPECT_EQ(resolve({.save_total_limit = -1}).save_total_limit, 0);
  EXPECT_EQ(resolve({.max_grad_norm = -1}).max_grad_norm, 0.0);
}

/// What the reference did with each row of the recorded case.
TEST(Resolve, RefusesAndCompletesAsTheReferenceDoes) {
  const Value recorded =
      json::parse(fakes::read_test_file("contract/cases/arguments-validation.json"), "recorded case");
  const Value::List& rows = *recorded.record()->find("rows")->list();
  const Value::List& expected = *recorded.record()->find("expect")->record()->find("rows")->list();
  ASSERT_THAT(rows, SizeIs(expected.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Record& row = *rows[i].record();
    const Record* resolved = nullptr;
    if (const Value* value = expected[i].record()->find("resolved")) resolved = value->record();
    SCOPED_TRACE(json::dump(rows[i]));
    try {
      const ResolvedArguments args = resolve(arguments_from_record(*row.find("args")->record()));
      EXPECT_EQ(data_problems(args, {.has_eval_data = row.contains("eval")}).empty(), resolved != nullptr);
      EXPECT_THAT(differing_arguments(resolved ? *resolved : Record(), args), IsEmpty());
    } catch (const ConfigError& error) {
      EXPECT_FALSE(resolved) << error.what();
    }
  }
}

}  // namespace
}  // namespace baton
