// TrainerState: where a run stands. Its JSON is the reference's trainer_state.json, byte for byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "baton/core/value.h"

namespace baton {

/// What a stateful callback saves: the arguments it was made with and what it learned since (hf-contract §4).
struct CallbackState {
  Record args;
  Record attributes;

  friend bool operator==(const CallbackState&, const CallbackState&) = default;
};

/// The saved states of one name, in the order of the callback list. In the file one is an object, several are a list.
struct NamedStates {
  std::string key;
  std::vector<CallbackState> states;

  friend bool operator==(const NamedStates&, const NamedStates&) = default;
};

/// Plain data, all of it written to trainer_state.json. Names and meanings are the reference's.
struct TrainerState {
  double epoch = 0.0;            ///< fraction of epochs done
  std::int64_t global_step = 0;  ///< optimizer updates done
  std::int64_t max_steps = 0;    ///< updates planned
  /// Cadences in updates. Ratios were multiplied out, whole numbers are integers.
  Value logging_steps = 500;
  Value eval_steps = 500;
  Value save_steps = 500;
  std::optional<std::int64_t> train_batch_size;
  std::int64_t num_train_epochs = 0;  ///< planned, rounded up; INT64_MAX for data without a length
  std::int64_t num_input_tokens_seen = 0;
  double total_flos = 0.0;
  std::vector<LogRecord> log_history;  ///< every log record with its "step"
  std::optional<double> best_metric;
  std::optional<std::int64_t> best_global_step;
  std::optional<std::string> best_model_checkpoint;
  bool is_local_process_zero = true;
  bool is_world_process_zero = true;
  bool is_hyper_param_search = false;
  Value trial_name;    ///< null or text
  Value trial_params;  ///< null or record
  std::vector<NamedStates> stateful_callbacks;

  /// The exact text of trainer_state.json, with its final newline. Keys are sorted at every level, floats in shortest
  /// form, non-finite numbers as NaN, Infinity, -Infinity.
  std::string to_json() const;
  /// Reads such a text. Unknown keys are dropped, missing and null ones take their defaults (D7).
  /// Throws StateError naming the key and `where` if the text is no JSON or a value has the wrong type.
  static TrainerState from_json(std::string_view text, std::string_view where);
};

}  // namespace baton
