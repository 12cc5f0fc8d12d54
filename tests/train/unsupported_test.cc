#include "src/train/unsupported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(UnsupportedArguments, NamesEachArgumentThatIsSet) {
  const struct {
    const char* named;
    void (*set)(TrainingArguments&);
  } rows[] = {
      {"resume_from_checkpoint", [](auto& a) { a.resume_from_checkpoint = "true"; }},
      {"bf16", [](auto& a) { a.bf16 = true; }},
      {"fp16", [](auto& a) { a.fp16 = true; }},
      {"bf16_full_eval", [](auto& a) { a.bf16_full_eval = true; }},
      {"fp16_full_eval", [](auto& a) { a.fp16_full_eval = true; }},
      {"tf32", [](auto& a) { a.tf32 = false; }},
      {"gradient_checkpointing", [](auto& a) { a.gradient_checkpointing = true; }},
      {"torch_empty_cache_steps", [](auto& a) { a.torch_empty_cache_steps = 1; }},
      {"label_smoothing_factor", [](auto& a) { a.label_smoothing_factor = 0.1; }},
      {"neftune_noise_alpha", [](auto& a) { a.neftune_noise_alpha = 5.0; }},
      {"batch_eval_metrics", [](auto& a) { a.batch_eval_metrics = true; }},
      {"enable_jit_checkpoint", [](auto& a) { a.enable_jit_checkpoint = true; }},
      {"report_to", [](auto& a) { a.report_to = {"tensorboard"}; }},
  };
  EXPECT_THAT(unsupported_arguments(resolve({})), testing::IsEmpty());
  for (const auto& row : rows) {
    TrainingArguments args;
    row.set(args);
    EXPECT_THAT(unsupported_arguments(resolve(args)), ElementsAre(HasSubstr(row.named))) << row.named;
  }
}

}  // namespace
}  // namespace baton::train
