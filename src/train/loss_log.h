// LossLog: the losses since the last log. They stay on their device; reading them is the loop's only host
// synchronisation between logs, and on a CPU there is none.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/core/engine.h"
#include "src/train/host_copy.h"

namespace baton::train {

struct LossSum {
  float sum = 0.0F;  ///< float32, as the reference adds
  std::int64_t nonfinite = 0;
};

/// One more loss. The reference's rule for `leave_out_nonfinite`: instead of a loss that is NaN or infinite comes the
/// mean of the sum so far.
void add_loss(float loss, bool leave_out_nonfinite, std::int64_t updates_since_log, LossSum& sum);

/// On another device than the CPU the losses are kept one by one, which costs a pointer a step. Summing them up there
/// would cost half a dozen small operations for the rule above, and the order of the additions would be the same.
class LossLog {
 public:
  explicit LossLog(HostCopy& host) : host_(host) {}

  /// `loss`: a tensor of one element.
  void add(const at::Tensor& loss, const MicroStep& step);
  LossSum read();
  /// Starts again from a given sum.
  void reset(const LossSum& sum = {});

 private:
  struct Rule {
    bool leave_out_nonfinite;
    std::int64_t updates_since_log;
  };
  /// Many scalars become one tensor on the device, so that a run that never logs keeps four bytes a step.
  void pack();

  HostCopy& host_;
  LossSum sum_;
  std::vector<at::Tensor> recent_;
  std::vector<at::Tensor> packed_;
  std::vector<Rule> rules_;  ///< one a loss
};

}  // namespace baton::train
