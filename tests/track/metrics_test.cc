#include "src/track/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace baton::track {
namespace {

TEST(Metrics, NumbersAndBooleansAreScalarsAndNothingElseIs) {
  EXPECT_EQ(scalar_of(3), 3.0);
  EXPECT_EQ(scalar_of(0.5), 0.5);
  EXPECT_EQ(scalar_of(true), 1.0);
  EXPECT_TRUE(std::isnan(scalar_of(std::nan("")).value()));
  EXPECT_EQ(scalar_of("0.5"), std::nullopt);
  EXPECT_EQ(scalar_of(nullptr), std::nullopt);
  EXPECT_EQ(scalar_of(Value::List{1.0}), std::nullopt);
}

TEST(Metrics, KeysArePrefixedAsInTheReference) {
  const std::pair<const char*, const char*> keys[] = {
      {"eval_loss", "eval/loss"},         {"eval_mnli_acc", "eval/mnli_acc"},
      {"test_loss", "test/loss"},         {"train_loss", "train/train_loss"},
      {"epoch", "train/epoch"},           {"valid_x", "train/valid_x"},
      {"evaluation", "train/evaluation"}, {"eval_", "eval/"}};
  for (const auto& [key, expected] : keys) EXPECT_EQ(prefixed_key(key), expected);
}

TEST(Metrics, TheClockDependentKeysAreKnown) {
  for (const char* key : {"train_runtime", "eval_samples_per_second", "eval_model_preparation_time", "system/cpu"}) {
    EXPECT_TRUE(depends_on_clock(key)) << key;
  }
  for (const char* key : {"loss", "eval_accuracy", "total_flos", "epoch"}) EXPECT_FALSE(depends_on_clock(key)) << key;
}

}  // namespace
}  // namespace baton::track
