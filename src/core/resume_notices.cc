#include "src/core/resume_notices.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "baton/core/argument_fields.h"
#include "src/base/json.h"
#include "src/core/argument_values.h"

namespace baton {
namespace {

constexpr std::array<std::string_view, 4> kHeldAgainstState = {"logging_steps", "eval_steps", "save_steps",
                                                               "per_device_train_batch_size"};

/// What an optimizer's saved state brings back, as load_state_dict() does in the reference.
constexpr std::array<std::string_view, 5> kOfTheOptimizer = {"weight_decay", "adam_beta1", "adam_beta2", "adam_epsilon",
                                                             "optim_args"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_optimizer(const SavedRun& saved) {
  const Value* model_only = saved.arguments.find("save_only_model");
  return model_only == nullptr || model_only->boolean() == nullptr || !*model_only->boolean();
}

void tell(NoticeSink& notices, const std::string& id, const std::string& name, const Value& now, const Value& saved,
          bool keeps_saved = false) {
  notices.notice({id + ":" + name, name + " is " + json::dump(now) + " here and " + json::dump(saved) +
                                       " in the checkpoint; the training goes on with " +
                                       json::dump(keeps_saved ? saved : now)});
}

}  // namespace

void tell_changed_arguments(const ResolvedArguments& args, std::int64_t batch_size, const SavedRun& saved,
                            NoticeSink& notices) {
  const TrainerState& state = saved.state;
  // As the reference does, a share of the run is held against the updates that the state holds: 0.5 and 3 differ.
  const auto compare = [&](const std::string& name, double now, const Value& then) {
    if (now == then.number()) return;
    tell(notices, "args_differ_from_checkpoint", name, plain_number(now), then);
  };
  compare("logging_steps", args.logging_steps, state.logging_steps);
  if (args.eval_steps > 0.0) compare("eval_steps", args.eval_steps, state.eval_steps);
  compare("save_steps", args.save_steps, state.save_steps);
  if (state.train_batch_size && *state.train_batch_size != batch_size) {
    tell(notices, "args_differ_from_checkpoint", "per_device_train_batch_size", batch_size, *state.train_batch_size);
  }
  for (const ArgumentDifference& difference : differing_arguments(saved.arguments, args)) {
    if (is_one_of(kHeldAgainstState, difference.name)) continue;
    tell(notices, "argument_changed", difference.name, difference.now, difference.saved,
         is_one_of(kOfTheOptimizer, difference.name) && has_optimizer(saved));
  }
}

}  // namespace baton
