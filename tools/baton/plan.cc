#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>

#include "baton/callbacks/early_stopping.h"
#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/core/argument_values.h"
#include "src/core/run_plan.h"
#include "src/core/run_plan_record.h"
#include "src/core/run_plan_text.h"
#include "tools/baton/commands.h"

namespace baton::tools {
namespace {

/// What the command knows beside the training arguments.
struct PlanFlags {
  std::optional<std::int64_t> train_samples;
  std::optional<std::int64_t> eval_samples;
  std::optional<std::int64_t> early_stopping_patience;
  bool json = false;
};

Flags bind(PlanFlags& flags) {
  Flags own(
      "Says when a run will log, evaluate, save, change its learning rate and stop, how many checkpoints\n"
      "stay, and what you should know about it, before its first step: the training loop itself is played\n"
      "without model and data. Nothing is trained and no file is written.");
  own.set_example("--train_samples 60000 --eval_samples 10000 --eval_strategy epoch --num_train_epochs 3");
  own.add("train_samples", &flags.train_samples, "samples in the training data; required");
  own.add("eval_samples", &flags.eval_samples, "samples in the evaluation data; unset: there is none");
  own.add("early_stopping_patience", &flags.early_stopping_patience,
          "plan with an EarlyStoppingCallback of this patience");
  own.add("json", &flags.json, "print the plan as one JSON object (docs/plan.md lists its keys)");
  return own;
}

void check_samples(const std::optional<std::int64_t>& samples, const std::string& flag,
                   std::vector<std::string>& problems) {
  if (samples && *samples < 1) {
    problems.push_back("--" + flag + " " + std::to_string(*samples) + ": expected 1 or more samples");
  }
}

std::vector<std::string> problems_of(const TrainingArguments& args, const PlanFlags& flags) {
  std::vector<std::string> problems;
  if (!flags.train_samples) problems.emplace_back("--train_samples is missing: expected the size of the training data");
  check_samples(flags.train_samples, "train_samples", problems);
  check_samples(flags.eval_samples, "eval_samples", problems);
  if (!flags.eval_samples && (args.eval_strategy != EvalStrategy::kNo || args.eval_on_start)) {
    problems.emplace_back(
        "--eval_samples is missing: expected the size of the evaluation data, because the run is to "
        "evaluate");
  }
  for (std::string& problem : data_problems(args, {.has_eval_data = true})) problems.push_back(std::move(problem));
  return problems;
}

PlanRequest request_for(const TrainingArguments& args, const PlanFlags& flags) {
  PlanRequest request{
      .args = resolve(args), .train_samples = *flags.train_samples, .eval_samples = flags.eval_samples.value_or(0)};
  if (const auto patience = flags.early_stopping_patience) {
    request.callbacks = [patience] { return CallbackList{std::make_shared<EarlyStoppingCallback>(*patience)}; };
  }
  return request;
}

}  // namespace

int plan(const Words& words, ProgramStreams streams) {
  PlanFlags flags;
  const auto body = [&](const TrainingArguments& args) {
    std::vector<std::string> problems = problems_of(args, flags);
    if (!problems.empty()) throw ConfigError(std::move(problems));
    const RunPlan plan = plan_run(request_for(args, flags));
    streams.out << (flags.json ? json::dump_pretty(plan_record(plan)) + "\n" : plan_text(plan)) << std::flush;
  };
  return run(words, {}, body, bind(flags), streams);
}

}  // namespace baton::tools
