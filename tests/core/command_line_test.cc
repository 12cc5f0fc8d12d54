#include "baton/core/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "baton/core/errors.h"
#include "baton/version.h"
#include "src/base/files.h"
#include "src/base/json.h"

namespace baton {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Words = std::vector<std::string>;

CommandLine read(Words words, const TrainingArguments& defaults = {}, const Flags& own = Flags()) {
  words.insert(words.begin(), "build/bin/train_net");
  return parse_command_line(words, defaults, own);
}

TrainingArguments args_of(const Words& words, const TrainingArguments& defaults = {}) {
  return read(words, defaults).args;
}

std::vector<std::string> problems_of(const Words& words, const Flags& own = Flags()) {
  try {
    read(words, {}, own);
  } catch (const ConfigError& error) {
    return error.problems();
  }
  return {};
}

/// The path of a new configuration file, of the running test alone.
std::string file_with(const std::string& ending, const std::string& content) {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path = testing::TempDir() + "/command_line_" + name + ending;
  write_file(path, content);
  return path;
}

TEST(CommandLine, LeavesTheProgramsDefaultsAlone) {
  const TrainingArguments args = args_of({}, {.output_dir = "runs/a", .max_steps = 9});
  EXPECT_EQ(args.output_dir, "runs/a");
  EXPECT_EQ(args.max_steps, 9);
}

TEST(CommandLine, ReadsAValueAfterABlankOrAnEqualsSign) {
  const TrainingArguments args =
      args_of({"--seed", "7", "--learning_rate=1e-3", "--max_steps", "-1"}, {.max_steps = 9});
  EXPECT_EQ(args.seed, 7);
  EXPECT_EQ(args.learning_rate, 1e-3);
  EXPECT_EQ(args.max_steps, -1);
}

TEST(CommandLine, ReadsEveryKindOfValue) {
  const TrainingArguments args =
      args_of({"--report_to", "tensorboard,wandb", "--lr_scheduler_type=cosine", "--lr_scheduler_kwargs",
               R"({"num_cycles": 2})", "--save_total_limit", "3", "--eval_steps=none", "--output_dir=a=b"},
              {.eval_steps = 5});
  EXPECT_THAT(args.report_to, ElementsAre("tensorboard", "wandb"));
  EXPECT_EQ(args.lr_scheduler_type, LrSchedulerType::kCosine);
  EXPECT_EQ(args.lr_scheduler_kwargs, (Record{{"num_cycles", 2}}));
  EXPECT_EQ(args.save_total_limit, 3);
  EXPECT_EQ(args.eval_steps, std::nullopt);
  EXPECT_EQ(args.output_dir, "a=b");
}

TEST(CommandLine, TakesASwitchAloneAsTrue) {
  const TrainingArguments args = args_of({"--bf16", "--tf32", "--logging_first_step", "false", "--eval_on_start=yes"},
                                         {.logging_first_step = true});
  EXPECT_TRUE(args.bf16);
  EXPECT_EQ(args.tf32, true);
  EXPECT_FALSE(args.logging_first_step);
  EXPECT_TRUE(args.eval_on_start);
}

TEST(CommandLine, TakesASwitchAfterNoAsFalse) {
  EXPECT_FALSE(args_of({"--no_dataloader_pin_memory"}).dataloader_pin_memory);
  EXPECT_EQ(args_of({"--no_tf32"}).tf32, false);
}

TEST(CommandLine, TakesDashesForUnderscores) { EXPECT_EQ(args_of({"--learning-rate", "0.5"}).learning_rate, 0.5); }

TEST(CommandLine, LetsTheLastOfEqualFlagsWin) { EXPECT_EQ(args_of({"--seed", "1", "--seed", "2"}).seed, 2); }

TEST(CommandLine, SetsTheProgramsOwnFlags) {
  std::string data = "old";
  std::int64_t width = 8;
  double share = 0.5;
  bool loud = false;
  std::vector<std::string> layers;
  Flags own;
  own.add("data", &data, "").add("width", &width, "").add("share", &share, "").add("loud", &loud, "");
  own.add("layers", &layers, "");
  read({"--data", "new", "--width=16", "--share", "0.25", "--loud", "--layers", "a,b", "--seed=3"}, {}, own);
  EXPECT_EQ(data, "new");
  EXPECT_EQ(width, 16);
  EXPECT_EQ(share, 0.25);
  EXPECT_TRUE(loud);
  EXPECT_THAT(layers, ElementsAre("a", "b"));
}

TEST(CommandLine, RefusesOwnFlagsThatNobodyCouldSet) {
  std::string text;
  EXPECT_THAT(problems_of({}, Flags().add("seed", &text, "")), ElementsAre(HasSubstr("--seed")));
  EXPECT_THAT(problems_of({}, Flags().add("config", &text, "")), ElementsAre(HasSubstr("--config")));
  EXPECT_THAT(problems_of({}, Flags().add("a", &text, "").add("a", &text, "")), testing::Contains(HasSubstr("--a")));
  EXPECT_THAT(problems_of({}, Flags().add("data-dir", &text, "")), ElementsAre(HasSubstr("--data-dir")));
}

TEST(CommandLine, NamesTheNearestFlagOfAnUnknownOne) {
  std::string data;
  EXPECT_THAT(problems_of({"--save_stps", "5"}),
              ElementsAre("--save_stps: no such argument; did you mean --save_steps?"));
  EXPECT_THAT(problems_of({"--dat=x"}, Flags().add("data", &data, "")), ElementsAre(HasSubstr("--data?")));
  EXPECT_THAT(problems_of({"--confg", "x"}), ElementsAre(HasSubstr("--config?")));
  EXPECT_THAT(problems_of({"--quux"}), ElementsAre("--quux: no such argument"));
}

TEST(CommandLine, RefusesWhatIsNoFlag) {
  EXPECT_THAT(problems_of({"train"}), ElementsAre(HasSubstr("train: expected a flag")));
  EXPECT_THAT(problems_of({"--seed", "1", "2"}), ElementsAre(HasSubstr("2: expected a flag")));
  EXPECT_THAT(problems_of({"-s", "--seed=1"}), ElementsAre(HasSubstr("-s: expected a flag")));
  EXPECT_THAT(problems_of({"--", "--=3"}), testing::SizeIs(2));
}

TEST(CommandLine, RefusesAFlagWithoutItsValue) {
  EXPECT_THAT(problems_of({"--seed"}), ElementsAre("--seed: expected a whole number after it"));
  EXPECT_THAT(problems_of({"--output_dir", "--bf16"}), ElementsAre(HasSubstr("--output_dir")));
  EXPECT_THAT(problems_of({"--config"}), ElementsAre(HasSubstr("--config")));
}

TEST(CommandLine, RefusesAValueWhereNoneBelongs) {
  EXPECT_THAT(problems_of({"--no_bf16=true"}), ElementsAre("--no_bf16 true: expected no value"));
  EXPECT_THAT(problems_of({"--print_config=false"}), ElementsAre("--print_config false: expected no value"));
}

TEST(CommandLine, ReportsProblemsOfReadingAndOfTheArgumentsTogether) {
  EXPECT_THAT(problems_of({"--learning_rate", "abc", "--optm=sgd", "--save_steps=2.5", "--bf16", "--fp16"}),
              ElementsAre(HasSubstr("--optm"), "--learning_rate abc: expected a number", HasSubstr("--save_steps 2.5"),
                          HasSubstr("--bf16 and --fp16")));
}

TEST(CommandLine, LetsFlagsWinOverAFileAndTheFileOverDefaults) {
  const std::string path = file_with(".yaml", "seed: 1\nmax_steps: 2\n");
  const TrainingArguments args = args_of({"--seed=3", "--config", path}, {.seed = 4, .max_steps = 5, .save_steps = 6});
  EXPECT_EQ(args.seed, 3);
  EXPECT_EQ(args.max_steps, 2);
  EXPECT_EQ(args.save_steps, 6);
}

TEST(CommandLine, ReadsOwnFlagsFromAFile) {
  std::string data = "old";
  read({"--config=" + file_with(".json", R"({"data": "new"})")}, {}, Flags().add("data", &data, ""));
  EXPECT_EQ(data, "new");
}

TEST(CommandLine, NamesTheFileOfAProblem) {
  const std::string path = file_with(".json", R"({"sed": 1, "bf16": 7})");
  EXPECT_THAT(problems_of({"--config", path, "--config=nowhere.json"}),
              ElementsAre(path + ": sed: no such argument; did you mean seed?",
                          path + ": bf16 7: expected true or false", HasSubstr("nowhere.json")));
}

TEST(CommandLine, PrintsAConfigurationThatItAccepts) {
  std::string data = "old";
  const Flags own = std::move(Flags().add("data", &data, ""));
  const Words words = {"--seed=3", "--data=new", "--save_steps=0.25", "--lr_scheduler_kwargs={\"num_cycles\": 2}"};
  Words asking = words;
  asking.push_back("--print_config");
  const std::string printed = read(asking, {.report_to = {"a", "b"}}, own).answer;
  data = "old";
  EXPECT_EQ(read({"--config", file_with(".json", printed), "--print_config"}, {}, own).answer, printed);
  EXPECT_EQ(data, "new");
}

TEST(CommandLine, AnswersHelpWhateverElseIsWrong) {
  EXPECT_THAT(read({"--help", "--save_stps=3"}, {.output_dir = "runs/a"}).answer,
              AllOf(HasSubstr("train_net --output_dir"), HasSubstr("(default: runs/a)")));
  EXPECT_EQ(read({"-h"}).answer, read({"--help"}).answer);
}

TEST(CommandLine, ShowsTheProgramsDefaultsInHelpBesideOtherFlags) {
  EXPECT_THAT(read({"--seed=7", "--help"}).answer, HasSubstr("(default: 42)"));
}

TEST(CommandLine, AnswersTheVersion) {
  EXPECT_EQ(read({"--version"}).answer, "Baton " + std::string(version()) + "\n");
}

TEST(CommandLine, HasNoAnswerWhenThereIsWorkToDo) { EXPECT_EQ(read({"--seed=1"}).answer, ""); }

/// A program run on strings.
struct Program {
  std::function<void(const TrainingArguments&)> body = [](const TrainingArguments&) {};
  std::ostringstream out = {};
  std::ostringstream err = {};

  int run(Words words) {
    words.insert(words.begin(), "build/bin/train_net");
    return baton::run(words, {}, body, Flags("Trains a net."), {out, err});
  }
};

TEST(Run, GivesTheArgumentsToTheBody) {
  std::int64_t seed = 0;
  Program program{.body = [&](const TrainingArguments& args) { seed = args.seed; }};
  EXPECT_EQ(program.run({"--seed=7"}), 0);
  EXPECT_EQ(seed, 7);
  EXPECT_EQ(program.out.str() + program.err.str(), "");
}

TEST(Run, PrintsAnswersInsteadOfRunning) {
  Program program{.body = [](const TrainingArguments&) { FAIL() << "ran"; }};
  EXPECT_EQ(program.run({"--help"}), 0);
  EXPECT_THAT(program.out.str(), StartsWith("Trains a net.\n"));
}

TEST(Run, TellsUsageErrorsAndDoesNotRun) {
  Program program{.body = [](const TrainingArguments&) { FAIL() << "ran"; }};
  EXPECT_EQ(program.run({"--seed=x"}), kExitUsage);
  EXPECT_EQ(program.err.str(), "train_net: --seed x: expected a whole number\ntrain_net --help lists every flag\n");
  EXPECT_THAT(program.out.str(), IsEmpty());
}

TEST(Run, TellsAConfigErrorOfTheBodyWithoutPointingToHelp) {
  Program program{.body = [](const TrainingArguments&) { throw ConfigError("--data x: no such folder"); }};
  EXPECT_EQ(program.run({}), kExitUsage);
  EXPECT_EQ(program.err.str(), "train_net: --data x: no such folder\n");
}

TEST(Run, TellsOtherExceptionsInOneLine) {
  Program program{.body = [](const TrainingArguments&) { throw std::runtime_error("shapes differ\nframe #0: ..."); }};
  EXPECT_EQ(program.run({}), kExitFailure);
  EXPECT_EQ(program.err.str(), "train_net: shapes differ\n");
}

TEST(Run, CatchesWhatIsNoException) {
  Program program{.body = [](const TrainingArguments&) { throw 5; }};
  EXPECT_EQ(program.run({}), kExitFailure);
  EXPECT_THAT(program.err.str(), HasSubstr("train_net: "));
}

TEST(Run, TakesTheArgumentsOfMain) {
  const char* argv[] = {"train_net", "--seed=7"};
  std::int64_t seed = 0;
  EXPECT_EQ(run(2, argv, {}, [&](const TrainingArguments& args) { seed = args.seed; }), 0);
  EXPECT_EQ(seed, 7);
}

}  // namespace
}  // namespace baton
