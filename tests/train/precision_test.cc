#include "src/train/precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "baton/core/errors.h"

namespace baton::train {
namespace {

using testing::HasSubstr;

ResolvedArguments with(const TrainingArguments& args) { return resolve(args); }

TEST(Precision, IsSingleUnlessAskedFor) {
  const Precision precision = precision_of(with({}), at::kCPU);
  EXPECT_FALSE(precision.autocast || precision.full_eval || precision.scales_loss);
}

TEST(Precision, FollowsTheArguments) {
  EXPECT_EQ(precision_of(with({.bf16 = true}), at::kCPU).autocast, at::kBFloat16);
  EXPECT_EQ(precision_of(with({.bf16_full_eval = true}), at::kCPU).full_eval, at::kBFloat16);
  EXPECT_EQ(precision_of(with({.fp16_full_eval = true}), at::kCPU).full_eval, at::kHalf);
  EXPECT_FALSE(precision_of(with({.bf16 = true}), at::kCUDA).scales_loss);
  EXPECT_TRUE(precision_of(with({.fp16 = true, .tf32 = true}), at::kCUDA).scales_loss);
}

TEST(Precision, RefusesOnTheHostWhatNeedsAGpu) {
  const struct {
    TrainingArguments args;
    const char* named;
  } rows[] = {{{.fp16 = true}, "--fp16: expected a GPU, found cpu"}, {{.tf32 = true}, "--tf32: expected a GPU"}};
  for (const auto& row : rows) {
    try {
      precision_of(with(row.args), at::kCPU);
      ADD_FAILURE() << row.named;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(row.named));
    }
  }
  EXPECT_NO_THROW(precision_of(with({.tf32 = false}), at::kCPU));
}

TEST(Precision, SwitchesTf32) {
  const bool before = at::globalContext().allowTF32CuDNN();
  for (const bool allowed : {false, true}) {
    allow_tf32(allowed);
    EXPECT_EQ(at::globalContext().allowTF32CuBLAS(), allowed);
    EXPECT_EQ(at::globalContext().allowTF32CuDNN(), allowed);
  }
  at::globalContext().setAllowTF32CuBLAS(false);
  at::globalContext().setAllowTF32CuDNN(before);
}

}  // namespace
}  // namespace baton::train
