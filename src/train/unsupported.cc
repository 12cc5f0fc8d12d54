#include "src/train/unsupported.h"

namespace baton::train {

std::vector<std::string> unsupported_arguments(const ResolvedArguments& args) {
  const bool reports = !args.report_to.empty() && args.report_to != std::vector<std::string>{"none"};
  const struct {
    bool is_set;
    const char* argument;
  } rows[] = {
      {!args.resume_from_checkpoint.empty(), "--resume_from_checkpoint"},
      {args.bf16, "--bf16"},
      {args.fp16, "--fp16"},
      {args.bf16_full_eval, "--bf16_full_eval"},
      {args.fp16_full_eval, "--fp16_full_eval"},
      {args.tf32.has_value(), "--tf32"},
      {args.gradient_checkpointing, "--gradient_checkpointing"},
      {args.torch_empty_cache_steps.has_value(), "--torch_empty_cache_steps"},
      {args.label_smoothing_factor != 0.0, "--label_smoothing_factor"},
      {args.neftune_noise_alpha.has_value(), "--neftune_noise_alpha"},
      {args.batch_eval_metrics, "--batch_eval_metrics"},
      {args.enable_jit_checkpoint, "--enable_jit_checkpoint"},
      {reports, "--report_to, other than none,"},
  };
  std::vector<std::string> problems;
  for (const auto& row : rows) {
    if (row.is_set) problems.push_back(std::string(row.argument) + " is not available in this version");
  }
  return problems;
}

}  // namespace baton::train
