// NanGuardCallback: ends a run that has gone bad instead of letting it burn hours.
//   trainer.add_callback(std::make_shared<NanGuardCallback>());                   // at the first bad log
//   trainer.add_callback(std::make_shared<NanGuardCallback>(3));                  // at the third in a row
// It throws, so the run ends as failed, and no checkpoint of the bad weights is written after that.
#pragma once

#include <cstdint>

#include "baton/core/callback.h"
#include "baton/core/errors.h"

namespace baton {

/// A logged loss or gradient norm was not a finite number.
class NonFiniteError : public Error {
 public:
  using Error::Error;
};

/// Looks at "loss" and "grad_norm" of each log record that has one of them. With logging_nan_inf_filter (the default)
/// the logged loss stays finite; the gradient norm shows the trouble all the same. With fp16 a single infinite norm is
/// nothing bad: give it some patience.
class NanGuardCallback : public TrainerCallback {
 public:
  /// Throws NonFiniteError, which names step and value, at the `patience`-th bad record in a row.
  /// Throws ConfigError if `patience` is below 1.
  explicit NanGuardCallback(std::int64_t patience = 1);

  void on_train_begin(TrainEvent& event) override;
  void on_log(LogEvent& event) override;

 private:
  std::int64_t patience_;
  std::int64_t bad_records_ = 0;
};

}  // namespace baton
