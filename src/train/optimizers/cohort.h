// Cohort: parameters that one call can update together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace baton::train {

/// Parameters of one group, type and device that have made the same number of steps. They share one step count, which
/// makes AdamW's fused kernel several times faster on small models. A cohort splits when only some of its parameters
/// have a gradient.
struct Cohort {
  std::size_t group = 0;
  std::int64_t steps = 0;
  bool has_state = false;                      ///< the slots are filled
  std::vector<std::int64_t> indices{};         ///< of the parameters, counted through all groups
  std::vector<at::Tensor> params{};            ///< as long as `indices`
  std::vector<std::vector<at::Tensor>> slots;  ///< a list for each kind of state tensor, filled once there is state

  /// The same but for the parameters.
  Cohort without_params() const;
  /// Appends parameter `i` of `other`.
  void append(const Cohort& other, std::size_t i);
};

/// Leaves the parameters with a gradient in `cohort` and returns the others.
Cohort split_off_idle(Cohort& cohort);

/// Puts `one`, a cohort of a single parameter, with those it belongs to.
void merge(Cohort one, std::vector<Cohort>& cohorts);

}  // namespace baton::train
