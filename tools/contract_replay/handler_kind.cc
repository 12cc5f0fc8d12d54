// Kind `handler`: building a list of callbacks or a trainer's, then adding, popping and removing.
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "baton/callbacks/default_callbacks.h"
#include "baton/callbacks/early_stopping.h"
#include "baton/callbacks/printer.h"
#include "baton/callbacks/progress.h"
#include "baton/core/argument_fields.h"
#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "tools/contract_replay/kinds.h"
#include "tools/contract_replay/silent_console.h"

namespace baton::replay {
namespace {

class Alpha : public TrainerCallback {};
class AlphaChild : public Alpha {};
class Beta : public TrainerCallback {};
class DefaultFlowChild : public DefaultFlowCallback {};

/// What can be done with a class by its name.
struct ClassVerbs {
  std::function<CallbackPtr()> make;
  std::function<CallbackPtr(CallbackHandler&)> pop;
};

class Warnings final : public NoticeSink {
 public:
  void notice(const Notice& notice) override { ids_.emplace_back(notice.id); }
  Value::List take() { return std::exchange(ids_, {}); }

 private:
  Value::List ids_;
};

class HandlerRow {
 public:
  explicit HandlerRow(const Record& row) {
    add_class<Alpha>("Alpha");
    add_class<AlphaChild>("AlphaChild");
    add_class<Beta>("Beta");
    add_class<DefaultFlowChild>("DefaultFlowChild");
    add_class<DefaultFlowCallback>("DefaultFlowCallback");
    add_class<EarlyStoppingCallback>("EarlyStoppingCallback");
    classes_["PrinterCallback"] = {[this] { return std::make_shared<PrinterCallback>(console_.get()); },
                                   [](CallbackHandler& handler) { return handler.pop<PrinterCallback>(); }};
    classes_["ProgressCallback"] = {[this] { return std::make_shared<ProgressCallback>(console_.get()); },
                                    [](CallbackHandler& handler) { return handler.pop<ProgressCallback>(); }};
    build(row);
  }

  Value play(const Value::List& operations) {
    Value::List entries{entry(Value())};
    for (const Value& operation : operations) {
      const Value::List& words = *operation.list();
      entries.emplace_back(entry(apply(*words[0].text(), *words[1].text())));
    }
    return entries;
  }

 private:
  template <class T>
  void add_class(const std::string& name) {
    classes_[name] = {[] { return std::make_shared<T>(); }, [](CallbackHandler& handler) { return handler.pop<T>(); }};
  }

  void build(const Record& row) {
    const Value* trainer = row.find("trainer");
    const Record& source = trainer ? *trainer->record() : row;
    CallbackList callbacks;
    if (const Value* names = source.find("callbacks")) {
      for (const Value& name : *names->list()) callbacks.push_back(instance(*name.text()));
    }
    if (trainer) {
      const Value* given = source.find("args");
      args_ = resolve(arguments_from_record(given ? *given->record() : Record{}));
      callbacks = with_default_callbacks(args_, std::move(callbacks), console_.get());
    }
    handler_.emplace(std::move(callbacks), RunContext{args_, state_, control_, objects_, warnings_});
  }

  static bool names_class(const std::string& what) { return what.find('#') == std::string::npos; }

  /// "Alpha" makes a new one; "Alpha#1" is always the same one.
  CallbackPtr instance(const std::string& what) {
    if (names_class(what)) return classes_.at(what).make();
    CallbackPtr& known = instances_[what];
    if (!known) known = classes_.at(what.substr(0, what.find('#'))).make();
    return known;
  }

  Value apply(const std::string& operation, const std::string& what) {
    try {
      if (operation == "add") {
        handler_->add(instance(what));
      } else if (operation == "pop") {
        const CallbackPtr popped = names_class(what) ? classes_.at(what).pop(*handler_) : handler_->pop(instance(what));
        return popped ? Value(label(popped)) : Value();
      } else if (names_class(what)) {
        classes_.at(what).pop(*handler_);
      } else {
        handler_->remove(instance(what));
      }
      return {};
    } catch (const ConfigError&) {
      return "error";
    }
  }

  std::string label(const CallbackPtr& callback) const {
    for (const auto& [name, known] : instances_) {
      if (known == callback) return name;
    }
    return callback->name();
  }

  Record entry(Value result) {
    Value::List list;
    for (const CallbackPtr& callback : handler_->callbacks()) list.emplace_back(label(callback));
    return {{"result", std::move(result)}, {"list", list}, {"warnings", warnings_.take()}};
  }

  SilentConsole console_;
  std::map<std::string, ClassVerbs> classes_;
  std::map<std::string, CallbackPtr> instances_;
  ResolvedArguments args_;
  TrainerState state_;
  TrainerControl control_;
  Objects objects_;
  Warnings warnings_;
  std::optional<CallbackHandler> handler_;
};

}  // namespace

Value replay_handler(const Record& test_case) {
  Value::List rows;
  for (const Value& row : *test_case.find("rows")->list()) {
    const Record& input = *row.record();
    const Value* operations = input.find("ops");
    rows.push_back(HandlerRow(input).play(operations ? *operations->list() : Value::List{}));
  }
  return Record{{"rows", rows}};
}

}  // namespace baton::replay
