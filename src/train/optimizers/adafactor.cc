#include "src/train/optimizers/adafactor.h"

#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <utility>

#include "src/train/optimizers/float_params.h"

namespace baton::train {
namespace {

enum Slot : std::size_t { kRow, kCol, kFull };

constexpr double kSquareEpsilon = 1e-30;
constexpr double kScaleEpsilon = 1e-3;
constexpr double kClipThreshold = 1.0;
constexpr double kDecayRate = -0.8;

/// Tensors with a matrix in them keep sums over its rows and columns instead of a full second moment.
bool is_factored(const at::Tensor& param) { return param.dim() >= 2; }

at::Tensor root_mean_square(const at::Tensor& tensor) {
  return at::linalg_vector_norm(tensor, 2.0).div_(std::pow(static_cast<double>(tensor.numel()), 0.5));
}

void move_towards(const at::Tensor& average, const at::Tensor& value, double beta) {
  average.mul_(beta).add_(value, 1.0 - beta);
}

/// The gradient over the root of its second moment.
at::Tensor direction(const Update& update, const at::Tensor& gradient) {
  const double beta2 = 1.0 - std::pow(static_cast<double>(update.step), kDecayRate);
  const at::Tensor squares = gradient.pow(2).add_(kSquareEpsilon);
  if (!is_factored(gradient)) {
    const at::Tensor& average = update.slots[kFull].front();
    move_towards(average, squares, beta2);
    return average.rsqrt().mul_(gradient);
  }
  const at::Tensor& row = update.slots[kRow].front();
  const at::Tensor& col = update.slots[kCol].front();
  move_towards(row, squares.mean(-1), beta2);
  move_towards(col, squares.mean(-2), beta2);
  const at::Tensor row_factor = row.div(row.mean(-1, /*keepdim=*/true)).rsqrt_().unsqueeze(-1);
  return at::mul(row_factor, col.unsqueeze(-2).rsqrt()).mul_(gradient);
}

}  // namespace

Adafactor::Adafactor(std::vector<ParamGroup> param_groups)
    : CohortOptimizer(std::move(param_groups), {.slots = {"exp_avg_sq_row", "exp_avg_sq_col", "exp_avg_sq"},
                                                .step = StepKind::kInteger,
                                                .batching = Batching::kSingle}) {}

at::Tensor Adafactor::initial_slot(std::size_t slot, const at::Tensor& param) const {
  if (is_factored(param) != (slot != kFull)) return {};
  std::vector<std::int64_t> shape = param.sizes().vec();
  if (slot == kRow) shape.erase(shape.end() - 1);
  if (slot == kCol) shape.erase(shape.end() - 2);
  return at::zeros(shape, param.options().dtype(compute_type(param.scalar_type())).requires_grad(false));
}

void Adafactor::update(const Update& update) {
  const double rate = update.group.learning_rate;
  const FloatParams params(update.params);
  const at::Tensor& value = params.values().front();
  const at::Tensor gradient = update.gradients.front().to(value.scalar_type());
  at::Tensor step = direction(update, gradient);
  step.div_(root_mean_square(step).div_(kClipThreshold).clamp_min_(1.0)).mul_(rate);
  if (update.group.weight_decay != 0.0) value.add_(value, -update.group.weight_decay * rate);
  value.sub_(step);
  params.write_back();
}

Record Adafactor::options() const {
  return {{"eps", Value::List{kSquareEpsilon, kScaleEpsilon}},
          {"clip_threshold", kClipThreshold},
          {"decay_rate", kDecayRate},
          {"beta1", nullptr},
          {"scale_parameter", false},
          {"relative_step", false},
          {"warmup_init", false}};
}

void Adafactor::set_options(const SavedOptions& saved) {
  for (const auto& [option, value] : options()) saved.expect(option.c_str(), value);
  saved.number("decay_rate");
}

}  // namespace baton::train
