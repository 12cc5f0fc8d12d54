#include "baton/core/callback_handler.h"

#include <algorithm>
#include <utility>

#include "baton/core/default_flow.h"
#include "baton/core/errors.h"

namespace baton {
namespace {

constexpr const char* kControlKey = "TrainerControl";

/// Counts itself in and out, also when a callback throws.
class EventScope {
 public:
  explicit EventScope(int& count) : count_(count) { ++count_; }
  ~EventScope() { --count_; }
  EventScope(const EventScope&) = delete;
  EventScope& operator=(const EventScope&) = delete;

 private:
  int& count_;
};

CallbackState control_state(const TrainerControl& control) {
  return {{{"should_training_stop", control.should_training_stop},
           {"should_epoch_stop", control.should_epoch_stop},
           {"should_save", control.should_save},
           {"should_evaluate", control.should_evaluate},
           {"should_log", control.should_log}},
          {}};
}

TrainerControl control_from(const CallbackState& state) {
  const auto flag = [&](const char* name) { return state.args.number(name) == 1.0; };
  return {flag("should_training_stop"), flag("should_epoch_stop"), flag("should_save"), flag("should_evaluate"),
          flag("should_log")};
}

NamedStates& states_under(std::vector<NamedStates>& all, const std::string& key) {
  const auto it = std::find_if(all.begin(), all.end(), [&](const NamedStates& named) { return named.key == key; });
  return it != all.end() ? *it : all.emplace_back(NamedStates{key, {}});
}

}  // namespace

CallbackHandler::CallbackHandler(CallbackList callbacks, RunContext context) : context_(context) {
  for (CallbackPtr& callback : callbacks) add(std::move(callback));
  const auto is_flow = [](const CallbackPtr& c) { return dynamic_cast<DefaultFlowCallback*>(c.get()) != nullptr; };
  if (std::none_of(callbacks_.begin(), callbacks_.end(), is_flow)) {
    context_.notices.notice(
        {"no_default_flow",
         "There is no DefaultFlowCallback: nothing will be logged, evaluated or saved by schedule, and max_steps "
         "is looked at only between epochs. Callbacks: " +
             names()});
  }
}

void CallbackHandler::add(CallbackPtr callback) {
  if (!callback) throw ConfigError("add: the callback is null; expected a TrainerCallback");
  refuse_change_during_event();
  const auto same_class = [&](const CallbackPtr& other) {
    const TrainerCallback& a = *other;
    const TrainerCallback& b = *callback;
    return typeid(a) == typeid(b);
  };
  if (std::any_of(callbacks_.begin(), callbacks_.end(), same_class)) {
    const std::string name = callback->name();
    context_.notices.notice(
        {"duplicate_callback:" + name,
         "A " + name + " is in the list already; the second one is added too. Callbacks:\n" + names()});
  }
  if (context_.ledger) ledger_rows_.push_back(context_.ledger->add_callback(callback->name()));
  callbacks_.push_back(std::move(callback));
}

CallbackPtr CallbackHandler::pop(const CallbackPtr& callback) {
  return take(find_if([&](TrainerCallback& c) { return &c == callback.get(); }));
}

void CallbackHandler::remove(const CallbackPtr& callback) {
  if (!pop(callback)) {
    throw ConfigError("remove: the " + (callback ? callback->name() : std::string("null callback")) +
                      " given is not in the list. Callbacks:\n" + names());
  }
}

CallbackPtr CallbackHandler::take(CallbackList::iterator position) {
  refuse_change_during_event();
  if (position == callbacks_.end()) return nullptr;
  CallbackPtr taken = std::move(*position);
  if (context_.ledger) ledger_rows_.erase(ledger_rows_.begin() + (position - callbacks_.begin()));
  callbacks_.erase(position);
  return taken;
}

void CallbackHandler::refuse_change_during_event() const {
  if (events_under_way_ > 0) {
    throw ConfigError(
        "The list of callbacks cannot be changed by a callback during an event; do it between calls of the trainer");
  }
}

std::string CallbackHandler::names() const {
  std::string text;
  for (const CallbackPtr& callback : callbacks_) {
    if (!text.empty()) text += '\n';
    text += callback->name();
  }
  return text;
}

Needs CallbackHandler::needs() const {
  Needs all;
  for (const CallbackPtr& callback : callbacks_) all.clipped_gradients |= callback->needs().clipped_gradients;
  return all;
}

std::vector<NamedStates> CallbackHandler::export_states() const {
  std::vector<NamedStates> all;
  for (const CallbackPtr& callback : callbacks_) {
    if (const auto* stateful = dynamic_cast<const StatefulCallback*>(callback.get())) {
      states_under(all, stateful->state_key()).states.push_back(stateful->state());
    }
  }
  states_under(all, kControlKey).states = {control_state(context_.control)};
  return all;
}

Record CallbackHandler::companions_at_checkpoint() const {
  Record records;
  for (const CallbackPtr& callback : callbacks_) {
    auto* companion = dynamic_cast<CheckpointCompanion*>(callback.get());
    if (companion == nullptr || records.contains(companion->companion_key())) continue;
    records.set(companion->companion_key(), companion->checkpointed());
  }
  return records;
}

void CallbackHandler::companions_resumed(const ResumedCheckpoint& checkpoint) const {
  for (const CallbackPtr& callback : callbacks_) {
    if (auto* companion = dynamic_cast<CheckpointCompanion*>(callback.get())) companion->resumed(checkpoint);
  }
}

void CallbackHandler::restore_states(const std::vector<NamedStates>& saved) {
  std::string ignored;
  for (const NamedStates& named : saved) {
    if (named.key == kControlKey) {
      if (!named.states.empty()) context_.control = control_from(named.states.front());
      continue;
    }
    std::size_t next = 0;
    for (const CallbackPtr& callback : callbacks_) {
      auto* stateful = dynamic_cast<StatefulCallback*>(callback.get());
      if (stateful && next < named.states.size() && stateful->state_key() == named.key)
        stateful->restore(named.states[next++]);
    }
    if (next < named.states.size()) ignored += (ignored.empty() ? "" : ", ") + named.key;
  }
  if (!ignored.empty()) {
    context_.notices.notice(
        {"callback_state_ignored:" + ignored,
         "The checkpoint holds more states of these callbacks than there are in the list; they are left out: " +
             ignored});
  }
}

template <class Payload>
void CallbackHandler::dispatch(EventKind kind, void (TrainerCallback::*method)(Payload&), Payload event) {
  const EventScope scope(events_under_way_);
  Ledger* const ledger = context_.ledger;
  if (!ledger || !ledger->timing()) {
    for (const CallbackPtr& callback : callbacks_) (callback.get()->*method)(event);
    return;
  }
  ledger->lap(Phase::kOther);
  for (std::size_t i = 0; i < callbacks_.size(); ++i) {
    (callbacks_[i].get()->*method)(event);
    ledger->lap(ledger_rows_[i], kind);
  }
}

template <class Payload>
void CallbackHandler::dispatch_guarded(EventKind kind, void (TrainerCallback::*method)(Payload&), Payload event) {
  const EventScope scope(events_under_way_);
  Ledger* const ledger = context_.ledger;
  if (ledger) ledger->lap(Phase::kOther);
  for (std::size_t i = 0; i < callbacks_.size(); ++i) {
    const std::string where = callbacks_[i]->name() + "::" + std::string(event_name(kind));
    try {
      (callbacks_[i].get()->*method)(event);
    } catch (const std::exception& error) {
      context_.notices.notice({"callback_failed:" + where, where + " threw: " + error.what()});
    } catch (...) {
      context_.notices.notice({"callback_failed:" + where, where + " threw something that is no std::exception"});
    }
    if (ledger) ledger->lap(ledger_rows_[i], kind);
  }
}

void CallbackHandler::on_init_end() {
  dispatch(EventKind::kInitEnd, &TrainerCallback::on_init_end, InitEvent{event()});
}

void CallbackHandler::on_train_begin() {
  context_.control.should_training_stop = false;
  dispatch(EventKind::kTrainBegin, &TrainerCallback::on_train_begin, TrainEvent{event()});
}

void CallbackHandler::on_epoch_begin() {
  context_.control.should_epoch_stop = false;
  dispatch(EventKind::kEpochBegin, &TrainerCallback::on_epoch_begin, EpochEvent{event()});
}

void CallbackHandler::on_step_begin() {
  context_.control.should_log = false;
  context_.control.should_evaluate = false;
  context_.control.should_save = false;
  dispatch(EventKind::kStepBegin, &TrainerCallback::on_step_begin, StepEvent{event()});
}

void CallbackHandler::on_substep_end() {
  dispatch(EventKind::kSubstepEnd, &TrainerCallback::on_substep_end, StepEvent{event()});
}

void CallbackHandler::on_pre_optimizer_step() {
  dispatch(EventKind::kPreOptimizerStep, &TrainerCallback::on_pre_optimizer_step, StepEvent{event()});
}

void CallbackHandler::on_optimizer_step() {
  dispatch(EventKind::kOptimizerStep, &TrainerCallback::on_optimizer_step, StepEvent{event()});
}

void CallbackHandler::on_step_end() {
  dispatch(EventKind::kStepEnd, &TrainerCallback::on_step_end, StepEvent{event()});
}

void CallbackHandler::on_prepare_log(LogRecord& logs) {
  dispatch(EventKind::kPrepareLog, &TrainerCallback::on_prepare_log, PrepareLogEvent{event(), logs});
}

void CallbackHandler::on_log(const LogRecord& logs) {
  context_.control.should_log = false;
  dispatch(EventKind::kLog, &TrainerCallback::on_log, LogEvent{event(), logs});
}

void CallbackHandler::on_prediction_step(std::optional<std::int64_t> batches) {
  dispatch(EventKind::kPredictionStep, &TrainerCallback::on_prediction_step, PredictionStepEvent{event(), batches});
}

void CallbackHandler::on_evaluate(Record& metrics) {
  context_.control.should_evaluate = false;
  dispatch(EventKind::kEvaluate, &TrainerCallback::on_evaluate, EvaluateEvent{event(), metrics});
}

void CallbackHandler::on_predict(Record& metrics) {
  dispatch(EventKind::kPredict, &TrainerCallback::on_predict, PredictEvent{event(), metrics});
}

void CallbackHandler::on_save(const std::filesystem::path& checkpoint, std::int64_t step) {
  context_.control.should_save = false;
  dispatch(EventKind::kSave, &TrainerCallback::on_save, SaveEvent{event(), checkpoint, step});
}

void CallbackHandler::on_epoch_end() {
  dispatch(EventKind::kEpochEnd, &TrainerCallback::on_epoch_end, EpochEvent{event()});
}

void CallbackHandler::on_train_end() {
  dispatch(EventKind::kTrainEnd, &TrainerCallback::on_train_end, TrainEvent{event()});
}

void CallbackHandler::on_exception(std::exception_ptr error) {
  dispatch_guarded(EventKind::kException, &TrainerCallback::on_exception, ExceptionEvent{event(), std::move(error)});
}

void CallbackHandler::on_close(RunStatus status) {
  dispatch_guarded(EventKind::kClose, &TrainerCallback::on_close, CloseEvent{event(), status});
}

}  // namespace baton
