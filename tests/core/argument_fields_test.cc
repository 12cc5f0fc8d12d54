#include "baton/core/argument_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <type_traits>
#include <vector>

#include "baton/core/errors.h"
#include "tests/fakes/test_files.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Initializes a field of any type: with it, an aggregate takes as many initializers as it has fields.
struct Anything {
  template <class T>
  operator T() const {
    return {};
  }
};

template <class T, class... Initializers>
consteval std::size_t field_count() {
  if constexpr (requires { T{Initializers{}..., Anything{}}; }) {
    return field_count<T, Initializers..., Anything>();
  } else {
    return sizeof...(Initializers);
  }
}

std::vector<FieldInfo> rows() {
  std::vector<FieldInfo> rows;
  for_each_field([&](const FieldInfo& field, auto) { rows.push_back(field); });
  return rows;
}

std::vector<std::string> row_names() {
  std::vector<std::string> names;
  for (const FieldInfo& row : rows()) names.emplace_back(row.name);
  return names;
}

/// The names of the struct's members, as its header declares them.
std::vector<std::string> declared_names() {
  const std::string header = fakes::read_test_file("../include/baton/core/arguments.h");
  const std::size_t begin = header.find("struct TrainingArguments {");
  const std::string body = header.substr(begin, header.find("\n};", begin) - begin);
  const std::regex member(R"(\n  [\w:<>]+ (\w+)( = [^;]+|\{\})?;)");
  std::vector<std::string> names;
  for (std::sregex_iterator found(body.begin(), body.end(), member), end; found != end; ++found) {
    names.push_back((*found)[1]);
  }
  return names;
}

TEST(ArgumentFields, HaveARowForEveryFieldOfTheStruct) { EXPECT_EQ(rows().size(), field_count<TrainingArguments>()); }

TEST(ArgumentFields, AreInTheOrderOfTheStructSoThatNoRowNamesAFieldTwice) {
  const TrainingArguments args;
  const void* previous = nullptr;
  for_each_field([&](const FieldInfo& field, auto member) {
    EXPECT_LT(previous, static_cast<const void*>(&(args.*member))) << field.name;
    previous = &(args.*member);
  });
}

TEST(ArgumentFields, HaveTheNamesOfTheFields) { EXPECT_EQ(row_names(), declared_names()); }

TEST(ArgumentFields, AreGroupedAsAPersonLooksForThem) {
  std::vector<std::string> groups;
  for (const FieldInfo& row : rows()) {
    if (groups.empty() || groups.back() != row.group) groups.emplace_back(row.group);
  }
  EXPECT_THAT(groups, ElementsAre("Run", "Length", "Optimizer", "Learning rate", "Logging", "Evaluation", "Checkpoints",
                                  "Data", "Precision"));
}

TEST(ArgumentFields, AllHaveHelp) {
  for (const FieldInfo& row : rows()) EXPECT_FALSE(row.help.empty()) << row.name;
}

TEST(ArgumentsToRecord, WritesTheReferencesNamesAndNulls) {
  const Record record = arguments_to_record({.lr_scheduler_type = LrSchedulerType::kCosineWithMinLr});
  EXPECT_EQ(*record.find("optim"), Value("adamw_torch_fused"));
  EXPECT_EQ(*record.find("lr_scheduler_type"), Value("cosine_with_min_lr"));
  EXPECT_EQ(*record.find("save_total_limit"), Value(nullptr));
  EXPECT_EQ(*record.find("report_to"), Value(Value::List{"none"}));
}

TEST(ArgumentsToRecord, WritesCountsWithoutAFraction) {
  const Record record = arguments_to_record({.num_train_epochs = 3, .logging_steps = 500, .save_steps = 0.25});
  EXPECT_EQ(*record.find("logging_steps"), Value(500));
  EXPECT_EQ(*record.find("save_steps"), Value(0.25));
  EXPECT_EQ(*record.find("num_train_epochs"), Value(3.0));
}

TEST(ArgumentsFromRecord, ReadsBackWhatWasWritten) {
  const TrainingArguments args{.output_dir = "a",
                               .data_seed = 5,
                               .optim = OptimizerName::kLion,
                               .learning_rate = 0.1,
                               .lr_scheduler_kwargs = {{"num_cycles", 2}},
                               .report_to = {"tensorboard", "wandb"},
                               .eval_steps = 0.07,
                               .greater_is_better = false,
                               .tf32 = true};
  const Record written = arguments_to_record(args);
  EXPECT_EQ(arguments_to_record(arguments_from_record(written)), written);
}

TEST(ArgumentsFromRecord, KeepsTheDefaultsOfWhatIsNotThere) {
  const TrainingArguments args = arguments_from_record({{"seed", 7}}, {.output_dir = "a", .max_steps = 9});
  EXPECT_EQ(args.seed, 7);
  EXPECT_EQ(args.output_dir, "a");
  EXPECT_EQ(args.max_steps, 9);
}

TEST(ArgumentsFromRecord, ListsEveryUnknownNameAndUnfitValue) {
  try {
    arguments_from_record({{"save_stps", 5}, {"seed", 1.5}, {"bf16", "maybe"}, {"save_strategy", "sometimes"}});
    FAIL() << "nothing thrown";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.problems(),
                ElementsAre("--save_stps: no such argument; did you mean --save_steps?",
                            "--seed 1.5: expected a whole number", "--bf16 maybe: expected true or false",
                            "--save_strategy sometimes: expected one of no, steps, epoch, best"));
  }
}

std::vector<std::string> names_of(const std::vector<ArgumentDifference>& differences) {
  std::vector<std::string> names;
  for (const ArgumentDifference& difference : differences) names.push_back(difference.name);
  return names;
}

TEST(DifferingArguments, TellsWhatWasSavedAndWhatIsNow) {
  const auto differences = differing_arguments(arguments_to_record({.save_steps = 5}), {.save_steps = 10});
  ASSERT_THAT(names_of(differences), ElementsAre("save_steps"));
  EXPECT_EQ(differences[0].saved, Value(5));
  EXPECT_EQ(differences[0].now, Value(10));
}

TEST(DifferingArguments, AreNoneForEqualArgumentsWhateverTheNotation) {
  EXPECT_THAT(differing_arguments({{"save_steps", 5.0}, {"num_train_epochs", 3}}, {.save_steps = 5}), IsEmpty());
}

TEST(DifferingArguments, LeavesOutWhatSaysHowToStartAndWhatWasNotSaved) {
  EXPECT_THAT(differing_arguments({{"resume_from_checkpoint", nullptr}}, {.resume_from_checkpoint = "true", .seed = 1}),
              IsEmpty());
}

TEST(DifferingArguments, CountsASavedValueThatCannotBeRead) {
  EXPECT_THAT(names_of(differing_arguments({{"optim", "from_the_future"}}, {})), ElementsAre("optim"));
}

}  // namespace
}  // namespace baton
