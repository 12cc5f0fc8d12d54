#include "src/core/optim_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

OptimArgs read(OptimizerName optim, const std::string& text) {
  return read_optim_args({.optim = optim, .optim_args = text});
}

TEST(OptimArgs, HaveTheReferencesDefaultsWhenNoneAreGiven) {
  const Record sgd = {{"momentum", 0.0}, {"dampening", 0.0}, {"nesterov", false}};
  EXPECT_EQ(read_optim_args({.optim = OptimizerName::kSgd}).options, sgd);
  EXPECT_TRUE(read_optim_args({.optim = OptimizerName::kAdafactor}).options.empty());
}

TEST(OptimArgs, AreReadAsTheReferenceReadsThem) {
  const OptimArgs args = read(OptimizerName::kSgd, " momentum = 0.9, nesterov=True,momentum=0.8");
  EXPECT_EQ(args.options, (Record{{"momentum", 0.8}, {"dampening", 0.0}, {"nesterov", true}}));
  EXPECT_TRUE(args.problems.empty());
  EXPECT_EQ(read(OptimizerName::kRmsprop, "centered=1,alpha=5e-1").options.number("alpha"), 0.5);
}

TEST(OptimArgs, AreRefusedWhenTheyMakeNoSense) {
  const struct {
    OptimizerName optim;
    const char* text;
    const char* problem;
    const char* why;
  } rows[] = {
      {OptimizerName::kSgd, "momentm=0.9", "--optim_args momentm=0.9: expected one of momentum, dampening, nesterov",
       "unknown"},
      {OptimizerName::kSgd, "momentum", "--optim_args momentum: expected name=value", "no value"},
      {OptimizerName::kSgd, "momentum=", "expected a number, 0 or more", "empty value"},
      {OptimizerName::kSgd, "momentum=-1", "expected a number, 0 or more", "Python's own check"},
      {OptimizerName::kSgd, "momentum=inf", "expected a number, 0 or more", "never ends well"},
      {OptimizerName::kSgd, "momentum=.9,nesterov=maybe", "expected true or false", "no flag"},
      {OptimizerName::kSgd, "nesterov=true", "expected a momentum above 0", "Python's own check"},
      {OptimizerName::kSgd, "nesterov=1,momentum=.9,dampening=.1", "no dampening", "Python's own check"},
      {OptimizerName::kAdagrad, "weight_decay=0.1", "expected --weight_decay", "without effect in the reference"},
      {OptimizerName::kAdamwTorch, "momentum=0.9", "expected none, --optim adamw_torch takes no more", "takes none"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(read(row.optim, row.text).problems, ElementsAre(HasSubstr(row.problem))) << row.text << ": " << row.why;
  }
}

TEST(OptimArgs, AreCheckedWithTheOtherArguments) {
  EXPECT_THAT(argument_problems({.optim = OptimizerName::kLion, .optim_args = "x=1"}),
              ElementsAre(HasSubstr("--optim_args x=1")));
}

}  // namespace
}  // namespace baton
