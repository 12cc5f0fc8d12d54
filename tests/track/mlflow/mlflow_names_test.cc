#include "src/track/mlflow/mlflow_names.h"

#include <gtest/gtest.h>

namespace baton::track {
namespace {

TEST(MlflowNames, BecomeWhatMlflowTakes) {
  const std::pair<const char*, const char*> names[] = {{"eval_loss", "eval_loss"},
                                                       {"a/b.c-d e:f", "a/b.c-d e:f"},  // legal
                                                       {"acc@5", "acc_5"},
                                                       {"f1 (macro)", "f1 _macro_"},  // as in the reference
                                                       {"grüße", "gr__e"},
                                                       {"\xff", "_"},  // a character each
                                                       {"a//b", "a/b"},
                                                       {"/a/", "a"},  // would name another path
                                                       {"a/./b", "a/_/b"},
                                                       {"../a", "__/a"},  // likewise
                                                       {"..a", "__a"},
                                                       {".", "_"},  // likewise
                                                       {"", "_"},
                                                       {"///", "_"}};  // something has to remain
  for (const auto& [key, name] : names) EXPECT_EQ(mlflow_name(key), name) << key;
}

TEST(MlflowNames, AreCutWithoutLeavingAnOpenPath) {
  EXPECT_EQ(mlflow_name(std::string(300, 'x')), std::string(250, 'x'));
  EXPECT_EQ(mlflow_name(std::string(249, 'x').append("/y")), std::string(249, 'x'));
}

TEST(MlflowNames, KeysThatWouldCollideAreNumbered) {
  MlflowNames names;
  EXPECT_EQ(names.name_of("f1@5"), "f1_5");
  EXPECT_EQ(names.name_of("f1#5"), "f1_5_2");
  EXPECT_EQ(names.name_of("f1_5"), "f1_5_3") << "a legal key comes too late as well";
  EXPECT_EQ(names.name_of("f1@5"), "f1_5");
  MlflowNames longest;
  EXPECT_EQ(longest.name_of(std::string(250, 'x')).size(), 250U);
  EXPECT_TRUE(longest.name_of(std::string(251, 'x')).ends_with("x_2"));
  EXPECT_EQ(longest.name_of(std::string(251, 'x')).size(), 250U);
}

TEST(MlflowNames, AreTheSameInTheNextProcess) {
  MlflowNames names;
  for (const char* key : {"loss", "f1#5", "f1@5"}) names.name_of(key);
  MlflowNames next(names.known());
  EXPECT_EQ(next.name_of("f1@5"), "f1_5_2");
  EXPECT_EQ(next.name_of("f1#5"), "f1_5");
  EXPECT_EQ(next.name_of("loss"), "loss");
  EXPECT_FALSE(names.known().contains("loss")) << "nothing to remember";
}

}  // namespace
}  // namespace baton::track
