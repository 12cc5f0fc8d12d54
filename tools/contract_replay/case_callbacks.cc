#include "tools/contract_replay/case_callbacks.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "baton/callbacks/early_stopping.h"

namespace baton::replay {
namespace {

bool contains(const Value& number_or_list, std::int64_t wanted) {
  if (const Value::List* list = number_or_list.list()) {
    for (const Value& entry : *list) {
      if (entry.integer() && *entry.integer() == wanted) return true;
    }
    return false;
  }
  return number_or_list.integer() && *number_or_list.integer() == wanted;
}

void set_flags(const Record& flags, TrainerControl& control) {
  for (const auto& [name, value] : flags) {
    const bool on = *value.boolean();
    if (name == "should_training_stop") control.should_training_stop = on;
    if (name == "should_epoch_stop") control.should_epoch_stop = on;
    if (name == "should_save") control.should_save = on;
    if (name == "should_evaluate") control.should_evaluate = on;
    if (name == "should_log") control.should_log = on;
  }
}

void set_all(const Value* edits, Record& record) {
  if (edits) record.merge(*edits->record());
}

/// Not stateful; plays its actions (README of the cases, §4).
class Script final : public EveryEvent {
 public:
  explicit Script(Value::List actions) : actions_(std::move(actions)) {}
  std::string name() const override { return "Script"; }

  /// Edits of the log map belong here in Baton (D13); the other effects follow in on_log.
  void on_prepare_log(PrepareLogEvent& event) override {
    for_each_firing("log", event.state.global_step, calls_["log"] + 1, [&](const Record& action) {
      set_all(action.find("log_set"), event.logs);
      if (const Value* keys = action.find("log_remove")) {
        for (const Value& key : *keys->list()) event.logs.erase(*key.text());
      }
    });
  }

  void on_evaluate(EvaluateEvent& event) override {
    for_each_firing("evaluate", event.state.global_step, calls_["evaluate"] + 1,
                    [&](const Record& action) { set_all(action.find("metrics_set"), event.metrics); });
    on_event("evaluate", event, &event.metrics);
  }

  void on_event(const std::string& name, Event& event, const Record*) override {
    for_each_firing(name, event.state.global_step, ++calls_[name], [&](const Record& action) {
      if (const Value* flags = action.find("set")) {
        TrainerControl changed = event.control;
        set_flags(*flags->record(), changed);
        event.control = changed;
      }
      if (const Value* text = action.find("throw")) throw ScriptError(*text->text());
    });
  }

 private:
  template <class Effect>
  void for_each_firing(const std::string& event, std::int64_t step, std::int64_t occurrence, Effect effect) {
    for (const Value& entry : actions_) {
      const Record& action = *entry.record();
      if (*action.find("on")->text() != event) continue;
      if (const Value* steps = action.find("at_step"); steps && !contains(*steps, step)) continue;
      if (const Value* every = action.find("every"); every && (step <= 0 || step % *every->integer() != 0)) continue;
      if (const Value* turns = action.find("occurrence"); turns && !contains(*turns, occurrence)) continue;
      effect(action);
    }
  }

  Value::List actions_;
  std::map<std::string, std::int64_t> calls_;
};

/// Counts steps; its state travels in checkpoints.
class Counter : public TrainerCallback, public StatefulCallback {
 public:
  explicit Counter(std::string tag) : tag_(std::move(tag)) {}
  std::string name() const override { return state_key(); }
  std::string state_key() const override { return "Counter"; }
  void on_step_end(StepEvent&) override { ++count_; }
  CallbackState state() const override { return {{{"tag", tag_}}, {{"count", count_}}}; }
  void restore(const CallbackState& state) override {
    tag_ = *state.args.find("tag")->text();
    count_ = *state.attributes.find("count")->integer();
  }

 private:
  std::string tag_;
  std::int64_t count_ = 0;
};

class CounterB final : public Counter {
 public:
  using Counter::Counter;
  std::string state_key() const override { return "CounterB"; }
};

CallbackPtr make_callback(const Record& description) {
  const std::string& name = *description.find("class")->text();
  const Value* given = description.find("args");
  const Record args = given ? *given->record() : Record{};
  const Value* tag_value = args.find("tag");
  const std::string tag = tag_value ? *tag_value->text() : "";
  if (name == "Counter") return std::make_shared<Counter>(tag);
  if (name == "CounterB") return std::make_shared<CounterB>(tag);
  if (name == "Script") return std::make_shared<Script>(*description.find("actions")->list());
  if (name == "EarlyStoppingCallback") {
    const Value* patience = args.find("early_stopping_patience");
    const Value* threshold = args.find("early_stopping_threshold");
    return std::make_shared<EarlyStoppingCallback>(patience ? *patience->integer() : 1,
                                                   threshold ? threshold->number() : 0.0);
  }
  throw std::runtime_error("The case names a callback that the replayer does not know: " + name);
}

Value::List present_objects(const Objects& objects) {
  Value::List names;
  for (const ObjectKind kind : {ObjectKind::kModel, ObjectKind::kOptimizer, ObjectKind::kLrScheduler,
                                ObjectKind::kTrainDataloader, ObjectKind::kEvalDataloader}) {
    if (objects.has(kind)) names.emplace_back(object_name(kind));
  }
  return names;
}

}  // namespace

Value::List flag_names(const TrainerControl& control) {
  Value::List names;
  if (control.should_training_stop) names.emplace_back("training_stop");
  if (control.should_epoch_stop) names.emplace_back("epoch_stop");
  if (control.should_save) names.emplace_back("save");
  if (control.should_evaluate) names.emplace_back("evaluate");
  if (control.should_log) names.emplace_back("log");
  return names;
}

void Recorder::on_event(const std::string& name, Event& event, const Record* extra) {
  const TrainerState& state = event.state;
  const auto& best = state.best_model_checkpoint;
  Record entry{{"event", name},
               {"step", state.global_step},
               {"epoch", state.epoch},
               {"flags", flag_names(event.control)},
               {"max_steps", state.max_steps},
               {"best_metric", state.best_metric ? Value(*state.best_metric) : Value()},
               {"best_global_step", state.best_global_step ? Value(*state.best_global_step) : Value()},
               {"best_model_checkpoint", best ? Value(std::filesystem::path(*best).filename().string()) : Value()},
               {"has", present_objects(event.objects)}};
  if (extra) entry.set(name == "log" ? "logs" : "metrics", *extra);
  trace_.emplace_back(std::move(entry));
}

CallbackList callbacks_of_phase(const Record& phase) {
  CallbackList callbacks;
  if (const Value* list = phase.find("callbacks")) {
    for (const Value& description : *list->list()) callbacks.push_back(make_callback(*description.record()));
  }
  return callbacks;
}

}  // namespace baton::replay
