// CohortOptimizer: what Baton's own optimizers share. It knows which parameters have a gradient, how many steps each
// has made, their state tensors, and all of it in Python's layout; a derived class knows the arithmetic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "baton/train/optimizer.h"
#include "src/train/optimizers/cohort.h"
#include "src/train/optimizers/saved_state.h"

namespace baton::train {

/// Parameters that differ in nothing but their values, for one call.
struct Update {
  static constexpr std::size_t kMaxSlots = 3;

  const ParamGroup& group;
  std::int64_t step;  ///< theirs: 1 for the first
  at::TensorList params;
  at::TensorList gradients;
  std::array<at::TensorList, kMaxSlots> slots{};  ///< state tensors, in the layout's order
};

/// The gradients plus weight_decay times the parameters; `storage` keeps what had to be computed.
at::TensorList decayed_gradients(const Update& update, std::vector<at::Tensor>& storage);

/// tensor *= factor as Python's single tensors do it on the host. LibTorch's own way with a plain number rounds the
/// number to the tensor's type first, which tells in half precision.
void scale(at::TensorList tensors, double factor);

class CohortOptimizer : public Optimizer {
 public:
  void step() override;
  OptimizerState state() const final;
  void load_state(const OptimizerState& saved) final;

 protected:
  /// How many parameters make one Update.
  enum class Batching {
    kAll,
    kByDevice,  ///< one on the host, as in Python's loop, so that temporaries stay small; else all: few launches
    kSingle,
  };
  /// How Python keeps the number of steps.
  enum class StepKind { kNone, kTensor, kInteger };

  struct Layout {
    std::vector<const char*> slots;  ///< Python's names of the state tensors, at most Update::kMaxSlots
    StepKind step = StepKind::kTensor;
    Batching batching = Batching::kByDevice;
  };

  CohortOptimizer(std::vector<ParamGroup> param_groups, Layout layout);

  virtual void update(const Update& update) = 0;
  /// The first value of a state tensor; undefined where the options need none. Default: zeros like the parameter.
  virtual at::Tensor initial_slot(std::size_t slot, const at::Tensor& param) const;
  /// A group's options by Python's names, but for those that ParamGroup has.
  virtual Record options() const = 0;
  /// Takes over those of a saved group. Throws CheckpointError, and changes nothing then.
  virtual void set_options(const SavedOptions& saved) = 0;

  /// Makes the state tensors that the first step would make.
  void make_state();

 private:
  void fill_slots(Cohort& cohort) const;
  void advance(Cohort& cohort);

  ParamState state_of(const Cohort& cohort, std::size_t i) const;
  Record group_record(std::size_t group, std::int64_t first_index) const;

  void load_options(const OptimizerState& saved);
  std::vector<Cohort> cohorts_from(const OptimizerState& saved) const;
  void restore(Cohort& one, const ParamState& saved) const;
  std::int64_t saved_steps(const ParamState& saved, const std::string& parameter) const;

  Layout layout_;
  std::vector<Cohort> cohorts_;
  std::vector<at::Tensor> gradients_;  ///< of the cohort at hand
};

}  // namespace baton::train
