// Optimizer: what turns gradients into an update. Callbacks reach the one in use through baton::optimizer(event).
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

namespace baton {

/// Parameters that share their options.
struct ParamGroup {
  std::vector<at::Tensor> params;
  double learning_rate = 0.0;  ///< of the next step; the schedule sets it before each
  double weight_decay = 0.0;
};

/// Not thread-safe.
class Optimizer {
 public:
  explicit Optimizer(std::vector<ParamGroup> groups) : groups_(std::move(groups)) {}
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// "AdamW" and so on.
  virtual std::string_view name() const = 0;
  /// One update of every parameter that has a gradient; the others are left alone.
  virtual void step() = 0;

  /// Options may be changed between steps; the lists of parameters may not.
  std::vector<ParamGroup>& groups() { return groups_; }
  const std::vector<ParamGroup>& groups() const { return groups_; }

 private:
  std::vector<ParamGroup> groups_;
};

}  // namespace baton
