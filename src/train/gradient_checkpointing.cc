#include "baton/train/gradient_checkpointing.h"

#include <ATen/autocast_mode.h>
#include <torch/autograd.h>
#include <torch/custom_class.h>
#include <torch/types.h>

#include <optional>
#include <utility>

#include "src/train/autocast.h"
#include "src/train/rng_state.h"

namespace baton {
namespace {

/// A part and the circumstances of its first run.
struct Segment : torch::CustomClassHolder {
  Segment(GradientCheckpointing::Part the_part, at::Device the_device)
      : part(std::move(the_part)), device(the_device), rng(device), autocast(train::autocast_type(device.type())) {}

  GradientCheckpointing::Part part;
  at::Device device;
  train::RngState rng;
  std::optional<at::ScalarType> autocast;
};

/// Casts of weights that are made without gradients must not be found by what comes after the part.
struct NoCastCache {
  NoCastCache() { at::autocast::set_autocast_cache_enabled(false); }
  ~NoCastCache() { at::autocast::set_autocast_cache_enabled(before); }
  const bool before = at::autocast::is_autocast_cache_enabled();
};

/// Puts the generators back to where they were, also if the part throws.
struct RngGuard {
  explicit RngGuard(at::Device device) : state(device) {}
  ~RngGuard() { state.restore(); }
  train::RngState state;
};

at::Tensor run_again(const Segment& segment, const at::Tensor& input) {
  const RngGuard guard(segment.device);
  segment.rng.restore();
  const train::Autocast autocast(segment.device.type(), segment.autocast);
  const at::AutoGradMode record(true);
  return segment.part(input);
}

struct Recompute : torch::autograd::Function<Recompute> {
  /// `anchor` requires gradients, so that the output does even if only parameters within the part do.
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input,
                            const at::Tensor& /*anchor*/, const c10::intrusive_ptr<Segment>& segment) {
    context->save_for_backward({input});
    context->saved_data["segment"] = c10::IValue::make_capsule(segment);
    const NoCastCache no_cache;
    return segment->part(input);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto capsule = context->saved_data["segment"].toCapsule();
    const at::Tensor saved = context->get_saved_variables().front();
    const at::Tensor input = saved.detach().set_requires_grad(saved.requires_grad());
    const at::Tensor output = run_again(static_cast<const Segment&>(*capsule), input);
    torch::autograd::backward({output}, {gradients.front()});
    return {input.grad(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor GradientCheckpointing::checkpointed(const Part& part, const at::Tensor& input) const {
  if (!is_on_ || !at::GradMode::is_enabled()) return part(input);
  const at::Tensor anchor = at::zeros({}, input.options().dtype(at::kFloat)).set_requires_grad(true);
  return Recompute::apply(input, anchor, c10::make_intrusive<Segment>(part, input.device()));
}

}  // namespace baton
