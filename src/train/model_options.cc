#include "src/train/model_options.h"

#include <torch/nn/module.h>

#include <string>
#include <vector>

#include "baton/core/errors.h"
#include "baton/train/gradient_checkpointing.h"
#include "baton/train/noisy_embedding.h"
#include "src/train/channels_last.h"

namespace baton::train {
namespace {

template <class T>
std::vector<T*> parts_of(TrainingModule& model) {
  std::vector<T*> found;
  if (model.module() == nullptr) return found;
  for (const auto& module : model.module()->modules()) {
    if (auto* part = dynamic_cast<T*>(module.get())) found.push_back(part);
  }
  return found;
}

void expect_any(bool any, const char* argument, const char* part) {
  if (!any) throw ConfigError(std::string(argument) + " expects " + part + " in the model, found none");
}

}  // namespace

void apply_model_options(TrainingModule& model, const ResolvedArguments& args) {
  const auto recomputing = parts_of<GradientCheckpointing>(model);
  const auto noisy = parts_of<NoisyEmbeddingImpl>(model);
  if (args.gradient_checkpointing)
    expect_any(!recomputing.empty(), "--gradient_checkpointing", "a module derived from baton::GradientCheckpointing");
  if (args.neftune_noise_alpha) expect_any(!noisy.empty(), "--neftune_noise_alpha", "a baton::NoisyEmbedding");
  const bool smooths = model.smooth_labels(args.label_smoothing_factor);
  if (args.label_smoothing_factor != 0.0)
    expect_any(smooths, "--label_smoothing_factor", "a loss that baton::supervised applies to the outputs of a module");

  for (GradientCheckpointing* part : recomputing) part->enable_gradient_checkpointing(args.gradient_checkpointing);
  for (NoisyEmbeddingImpl* part : noisy) part->set_noise_alpha(args.neftune_noise_alpha.value_or(0.0));
  if (args.channels_last) use_channels_last(model.parameters());
}

}  // namespace baton::train
