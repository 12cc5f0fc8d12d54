#include "src/track/dvclive/metric_name.h"

#include <gtest/gtest.h>

#include <utility>

namespace baton::track {
namespace {

using Parts = std::vector<std::string>;

TEST(DVCLiveKey, EverySplitInItBecomesAFolder) {
  const std::pair<const char*, const char*> keys[] = {{"loss", "loss"},
                                                      {"eval_loss", "eval/loss"},
                                                      {"train_loss", "train/loss"},
                                                      {"my_eval_f1", "my_eval/f1"},
                                                      {"eval_train_x", "eval/train/x"},
                                                      {"test_loss", "test_loss"},
                                                      {"retrain_x", "retrain/x"}};
  for (const auto& [key, expected] : keys) EXPECT_EQ(dvclive_key(key), expected);
}

TEST(MetricParts, EmptyAndDotPartsCollapse) {
  EXPECT_EQ(metric_parts("a//b"), (Parts{"a", "b"}));
  EXPECT_EQ(metric_parts("/a/./b/"), (Parts{"a", "b"}));
  EXPECT_EQ(metric_parts("acc@5 (macro)"), (Parts{"acc@5 (macro)"}));
}

TEST(MetricParts, NamesThatCanBeNoFileAreNone) {
  const std::pair<std::string, const char*> names[] = {{"", "empty"},
                                                       {"./", "empty"},
                                                       {"../a", "leaves the folder"},
                                                       {"a/../../b", "leaves the folder"},
                                                       {std::string(241, 'a'), "too long"},
                                                       {std::string("a\0b", 3), "holds a zero"},
                                                       {"a.tsv/b", "a metric named a has this file"}};
  for (const auto& [name, why] : names) EXPECT_EQ(metric_parts(name), std::nullopt) << why;
}

}  // namespace
}  // namespace baton::track
