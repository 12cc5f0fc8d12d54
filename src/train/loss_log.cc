#include "src/train/loss_log.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <cstddef>
#include <utility>

namespace baton::train {
namespace {

constexpr std::size_t kPackAt = 256;

}  // namespace

void add_loss(float loss, bool leave_out_nonfinite, std::int64_t updates_since_log, LossSum& sum) {
  const bool finite = std::isfinite(loss);
  if (!finite) ++sum.nonfinite;
  sum.sum += finite || !leave_out_nonfinite ? loss : sum.sum / static_cast<float>(1 + updates_since_log);
}

void LossLog::add(const at::Tensor& loss, const MicroStep& step) {
  // Nobody waits for a number on the host, and a tensor kept from each step would leave its memory full of holes.
  if (loss.is_cpu() && loss.scalar_type() == at::kFloat && rules_.empty()) {
    return add_loss(*loss.const_data_ptr<float>(), step.leave_out_nonfinite, step.updates_since_log, sum_);
  }
  at::Tensor kept = loss.detach();
  const bool is_part_of_more = kept.storage().nbytes() > kept.itemsize();
  if (is_part_of_more || kept.dim() > 0) kept = kept.reshape({}).clone();  // else all of it would stay alive
  recent_.push_back(std::move(kept));
  rules_.push_back({step.leave_out_nonfinite, step.updates_since_log});
  if (recent_.size() == kPackAt) pack();
}

void LossLog::pack() {
  if (recent_.empty()) return;
  packed_.push_back(at::stack(recent_).to(at::kFloat));
  recent_.clear();
}

LossSum LossLog::read() {
  pack();
  if (packed_.empty()) return sum_;
  const at::Tensor losses = host_.tensor(at::cat(packed_));
  const float* loss = losses.const_data_ptr<float>();
  for (const Rule& rule : rules_) add_loss(*loss++, rule.leave_out_nonfinite, rule.updates_since_log, sum_);
  packed_.clear();
  rules_.clear();
  return sum_;
}

void LossLog::reset(const LossSum& sum) {
  recent_.clear();
  packed_.clear();
  rules_.clear();
  sum_ = sum;
}

}  // namespace baton::train
