// CallbackHandler: the ordered list of callbacks. It resets the flags that an event answers, then calls everyone in
// order. Also usable without a Trainer: see examples/own_loop.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "baton/core/callback.h"
#include "baton/core/checkpoint_companion.h"
#include "baton/core/ledger.h"
#include "baton/core/notice.h"

namespace baton {

using CallbackPtr = std::shared_ptr<TrainerCallback>;
using CallbackList = std::vector<CallbackPtr>;

/// What a handler works on; all of it must outlive the handler.
struct RunContext {
  const ResolvedArguments& args;
  TrainerState& state;
  TrainerControl& control;
  const Objects& objects;
  NoticeSink& notices;
  Ledger* ledger = nullptr;  ///< null: nothing is timed
};

/// Thread-compatible. Rules: hf-contract §1 (resets) and §5 (order, add, pop, remove).
/// The list may be changed between events, not by a callback during one: that throws ConfigError.
class CallbackHandler {
 public:
  /// Gives a notice if there is no DefaultFlowCallback (or one derived from it) among them.
  CallbackHandler(CallbackList callbacks, RunContext context);

  /// Appends. A second callback of exactly the same class is added with a notice.
  void add(CallbackPtr callback);
  template <std::derived_from<TrainerCallback> T>
  requires std::default_initializable<T>
  void add() { add(std::make_shared<T>()); }

  /// Takes out the first callback that is a T or derived from it; null if there is none.
  template <std::derived_from<TrainerCallback> T>
  std::shared_ptr<T> pop() {
    return std::dynamic_pointer_cast<T>(
        take(find_if([](TrainerCallback& c) { return dynamic_cast<T*>(&c) != nullptr; })));
  }
  /// Takes out this very callback; null if it is not in the list.
  CallbackPtr pop(const CallbackPtr& callback);
  /// Like pop<T>() without the result.
  template <std::derived_from<TrainerCallback> T>
  void remove() {
    pop<T>();
  }
  /// Throws ConfigError if it is not in the list.
  void remove(const CallbackPtr& callback);

  const CallbackList& callbacks() const { return callbacks_; }
  /// The names of the callbacks, one a line, in order.
  std::string names() const;
  /// The union of what the callbacks need.
  Needs needs() const;

  /// States of all stateful callbacks by key, several of one key in list order, then the control's (D8).
  std::vector<NamedStates> export_states() const;
  /// Restores in place, pairing states and callbacks of one key in order (D16). States without a callback give one
  /// notice.
  void restore_states(const std::vector<NamedStates>& states);

  /// What the companions of checkpoints want kept, by key. Each has its own files on the disk then.
  Record companions_at_checkpoint() const;
  /// Tells them of the checkpoint that training goes on from.
  void companions_resumed(const ResumedCheckpoint& checkpoint) const;

  void on_init_end();
  void on_train_begin();
  void on_epoch_begin();
  void on_step_begin();
  void on_substep_end();
  void on_pre_optimizer_step();
  void on_optimizer_step();
  void on_step_end();
  void on_prepare_log(LogRecord& logs);
  void on_log(const LogRecord& logs);
  void on_prediction_step(std::optional<std::int64_t> batches);
  void on_evaluate(Record& metrics);
  void on_predict(Record& metrics);
  void on_save(const std::filesystem::path& checkpoint, std::int64_t step);
  void on_epoch_end();
  void on_train_end();
  /// These two reach every callback even if one of them throws; what they throw becomes a notice.
  void on_exception(std::exception_ptr error);
  void on_close(RunStatus status);

 private:
  Event event() const { return {context_.args, context_.state, context_.control, context_.objects, context_.notices}; }
  template <class Payload>
  void dispatch(EventKind kind, void (TrainerCallback::*method)(Payload&), Payload event);
  template <class Payload>
  void dispatch_guarded(EventKind kind, void (TrainerCallback::*method)(Payload&), Payload event);

  template <class Predicate>
  CallbackList::iterator find_if(Predicate predicate) {
    auto it = callbacks_.begin();
    while (it != callbacks_.end() && !predicate(**it)) ++it;
    return it;
  }
  CallbackPtr take(CallbackList::iterator position);
  void refuse_change_during_event() const;

  CallbackList callbacks_;
  std::vector<std::size_t> ledger_rows_;  ///< of the callbacks, in their order; empty without a ledger
  RunContext context_;
  int events_under_way_ = 0;
};

}  // namespace baton
