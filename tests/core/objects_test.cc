#include "baton/core/objects.h"

#include "baton/core/errors.h"
#include "tests/fakes/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace baton {
namespace {

using fakes::error_of;
using testing::AllOf;
using testing::HasSubstr;

struct Module {
  virtual ~Module() = default;
};
struct Net : Module {};

TEST(Objects, GivesBackTheVeryObject) {
  Objects objects;
  Net net;
  objects.put<Module>(ObjectKind::kModel, net);
  EXPECT_EQ(&objects.get<Module>(ObjectKind::kModel), &net);
}

TEST(Objects, NamesWhatIsMissing) {
  const Objects objects;
  EXPECT_FALSE(objects.has(ObjectKind::kLrScheduler));
  EXPECT_THAT(error_of<ObjectError>([&] { objects.get<int>(ObjectKind::kLrScheduler); }), HasSubstr("no lr_scheduler"));
}

TEST(Objects, RefusesAnotherTypeThanTheRegisteredOneAndNamesBoth) {
  Objects objects;
  Net net;
  objects.put<Module>(ObjectKind::kModel, net);
  EXPECT_THAT(error_of<ObjectError>([&] { objects.get<Net>(ObjectKind::kModel); }),
              AllOf(HasSubstr("model"), HasSubstr("::Module"), HasSubstr("::Net")));
}

TEST(Objects, ForgetsWhatWasCleared) {
  Objects objects;
  int optimizer = 0;
  objects.put(ObjectKind::kOptimizer, optimizer);
  EXPECT_TRUE(objects.has(ObjectKind::kOptimizer));
  objects.clear(ObjectKind::kOptimizer);
  EXPECT_FALSE(objects.has(ObjectKind::kOptimizer));
}

TEST(Objects, KeepsKindsApart) {
  Objects objects;
  int train = 1;
  int eval = 2;
  objects.put(ObjectKind::kTrainDataloader, train);
  objects.put(ObjectKind::kEvalDataloader, eval);
  EXPECT_EQ(objects.get<int>(ObjectKind::kTrainDataloader), 1);
  EXPECT_EQ(objects.get<int>(ObjectKind::kEvalDataloader), 2);
}

TEST(ObjectName, IsTheReferencesAndDiffersForEachKind) {
  EXPECT_EQ(object_name(ObjectKind::kModel), "model");
  EXPECT_EQ(object_name(ObjectKind::kEvalDataloader), "eval_dataloader");
  std::set<std::string_view> names;
  for (std::size_t kind = 0; kind < kObjectKindCount; ++kind) names.insert(object_name(static_cast<ObjectKind>(kind)));
  EXPECT_EQ(names.size(), kObjectKindCount);
}

}  // namespace
}  // namespace baton
