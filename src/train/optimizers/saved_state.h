// Reading an OptimizerState that may be of another optimizer, or of other parameters.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "baton/core/value.h"
#include "baton/train/optimizer.h"

namespace baton::train {

/// Throws CheckpointError: "AdamW cannot go on from the saved state: ...".
[[noreturn]] void refuse_state(std::string_view optimizer, const std::string& why);

/// Refuses a state whose groups, or their parameters, are not as many as the optimizer's.
void check_sizes(const Optimizer& optimizer, const OptimizerState& saved);

/// A group's options. Readers throw CheckpointError if the option is absent or of another type.
class SavedOptions {
 public:
  /// Both must outlive this.
  SavedOptions(std::string_view optimizer, const Record& group) : optimizer_(optimizer), group_(group) {}

  double number(const char* name) const;
  bool flag(const char* name) const;
  std::pair<double, double> pair(const char* name) const;
  /// Throws CheckpointError if the option is there and of another value: one that the optimizer cannot change.
  void expect(const char* name, const Value& only) const;

 private:
  [[noreturn]] void refuse(const char* name, const char* expected) const;

  std::string_view optimizer_;
  const Record& group_;
};

}  // namespace baton::train
