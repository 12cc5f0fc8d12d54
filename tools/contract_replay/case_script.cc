#include "tools/contract_replay/case_script.h"

#include <utility>

namespace baton::replay {
namespace {

const Record& record_or_empty(const Value* value) {
  static const Record kEmpty;
  return value && value->record() ? *value->record() : kEmpty;
}

bool flag(const Record& record, const char* key, bool otherwise) {
  const Value* value = record.find(key);
  return value && value->boolean() ? *value->boolean() : otherwise;
}

std::int64_t count(const Record& record, const char* key) {
  const Value* value = record.find(key);
  return value && value->integer() ? *value->integer() : 0;
}

/// A number stands for a list of one, nothing for an empty one.
template <class T, class Read>
std::vector<T> series(const Value* value, Read read) {
  std::vector<T> values;
  if (!value) return values;
  if (const Value::List* list = value->list()) {
    for (const Value& entry : *list) values.push_back(read(entry));
  } else {
    values.push_back(read(*value));
  }
  return values;
}

std::vector<float> floats(const Value* value) {
  return series<float>(value, [](const Value& entry) { return static_cast<float>(entry.number()); });
}

EvalLosses losses_of_one(const Value& entry) {
  return {series<double>(&entry, [](const Value& batch) { return batch.number(); }), 0.5};
}

DryEvalSet eval_set(std::int64_t samples, const Value* losses, const Value* metrics) {
  DryEvalSet set;
  set.samples = samples;
  set.losses.values = series<EvalLosses>(losses, losses_of_one);
  for (const auto& [name, values] : record_or_empty(metrics)) {
    const auto optional = [](const Value& entry) {
      return entry.is_null() ? std::nullopt : std::optional(entry.number());
    };
    set.metrics.emplace_back(name, Series<std::optional<double>>{series<std::optional<double>>(&values, optional), {}});
  }
  return set;
}

void add_eval_sets(const Record& phase, DryScript& script) {
  const Record& eval = record_or_empty(phase.find("eval"));
  const Value* losses = phase.find("eval_losses");
  const Value* metrics = phase.find("metrics");
  if (const Value* sets = eval.find("sets")) {
    for (const auto& [name, samples] : *sets->record()) {
      const Value* own_losses = losses && losses->record() ? losses->record()->find(name) : losses;
      script.eval_sets.emplace_back(name,
                                    eval_set(*samples.integer(), own_losses, record_or_empty(metrics).find(name)));
    }
    return;
  }
  script.given = eval_set(count(eval, "samples"), losses, metrics);
  if (eval.contains("samples")) script.eval_sets.emplace_back("", script.given);
}

}  // namespace

DryScript script_of_phase(const Record& phase, const TrainingArguments& args) {
  const Record& train = record_or_empty(phase.find("train"));
  DryScript script;
  script.train_samples = count(train, "samples");
  script.sized = flag(train, "sized", true);
  script.restartable = flag(train, "restartable", true);
  script.tokens_per_sample =
      args.include_num_input_tokens_seen == TokenCounting::kNo ? 0 : count(train, "tokens_per_sample");
  if (const Value* limit = train.find("oom_above"); limit && limit->integer()) script.oom_above = *limit->integer();
  script.train_batch_size = args.per_device_train_batch_size;
  script.eval_batch_size = args.per_device_eval_batch_size;
  script.drop_last = args.dataloader_drop_last;
  script.micro_losses.values = floats(phase.find("micro_losses"));
  script.micro_grads.values = floats(phase.find("micro_grads"));
  script.predictions = eval_set(0, phase.find("predict_losses"), phase.find("metrics"));
  add_eval_sets(phase, script);
  return script;
}

}  // namespace baton::replay
