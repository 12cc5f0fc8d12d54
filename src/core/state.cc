#include "baton/core/state.h"

#include "baton/core/errors.h"
#include "src/base/json.h"
#include "src/base/utf8.h"

#include <utility>

namespace baton {
namespace {

/// A member that is a Value because it may hold several types or null, and what the file may hold for it.
template <class V>
struct Loose {
  V& value;
  bool (*fits)(const Value&);
  std::string_view expected;
};

template <class V>
Loose<V> cadence(V& value) {
  return {value, [](const Value& v) { return v.is_number(); }, "a number"};
}
template <class V>
Loose<V> text(V& value) {
  return {value, [](const Value& v) { return v.text() != nullptr; }, "a text"};
}
template <class V>
Loose<V> record(V& value) {
  return {value, [](const Value& v) { return v.record() != nullptr; }, "an object"};
}

/// All fields with their keys: the one list behind reading and writing.
template <class State, class Visitor>
void visit_fields(State& state, Visitor&& visit) {
  visit("epoch", state.epoch);
  visit("global_step", state.global_step);
  visit("max_steps", state.max_steps);
  visit("logging_steps", cadence(state.logging_steps));
  visit("eval_steps", cadence(state.eval_steps));
  visit("save_steps", cadence(state.save_steps));
  visit("train_batch_size", state.train_batch_size);
  visit("num_train_epochs", state.num_train_epochs);
  visit("num_input_tokens_seen", state.num_input_tokens_seen);
  visit("total_flos", state.total_flos);
  visit("log_history", state.log_history);
  visit("best_metric", state.best_metric);
  visit("best_global_step", state.best_global_step);
  visit("best_model_checkpoint", state.best_model_checkpoint);
  visit("is_local_process_zero", state.is_local_process_zero);
  visit("is_world_process_zero", state.is_world_process_zero);
  visit("is_hyper_param_search", state.is_hyper_param_search);
  visit("trial_name", text(state.trial_name));
  visit("trial_params", record(state.trial_params));
  visit("stateful_callbacks", state.stateful_callbacks);
}

// Writing.

template <class T>
Value to_value(const T& value) {
  return value;
}
template <class T>
Value to_value(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}
Value to_value(const Loose<const Value>& member) { return member.value; }
Value to_value(const CallbackState& state) { return Record{{"args", state.args}, {"attributes", state.attributes}}; }

template <class T>
Value to_value(const std::vector<T>& items) {
  Value::List list;
  for (const T& item : items) list.push_back(to_value(item));
  return list;
}
Value to_value(const std::vector<NamedStates>& named) {
  Record record;
  for (const auto& [key, states] : named) {
    record.set(key, states.size() == 1 ? to_value(states.front()) : to_value(states));
  }
  return record;
}

// Reading.

/// A value in the file and how to speak of it.
struct Field {
  const Value& value;
  std::string path;
  std::string_view where;

  [[noreturn]] void refuse(std::string_view expected) const {
    const std::string found = shortened(json::dump(value), 60);
    throw StateError(std::string(where) + ": " + path + " is " + found + ", expected " + std::string(expected));
  }
};

void read(const Field& field, bool& out) {
  if (field.value.boolean() == nullptr) field.refuse("true or false");
  out = *field.value.boolean();
}
void read(const Field& field, std::int64_t& out) {
  if (!field.value.is_integer()) field.refuse("an integer");
  out = *field.value.integer();
}
void read(const Field& field, double& out) {
  if (!field.value.is_number()) field.refuse("a number");
  out = field.value.number();
}
void read(const Field& field, std::string& out) {
  if (field.value.text() == nullptr) field.refuse("a text");
  out = *field.value.text();
}
void read(const Field& field, Record& out) {
  if (field.value.record() == nullptr) field.refuse("an object");
  out = *field.value.record();
}
void read(const Field& field, const Loose<Value>& out) {
  if (!out.fits(field.value)) field.refuse(out.expected);
  out.value = field.value;
}
template <class T>
void read(const Field& field, std::optional<T>& out) {
  read(field, out.emplace());
}

/// Leaves `out` as it is if the key is missing or null.
template <class T>
void read_member(const Field& object, std::string_view key, T&& out) {
  const Value* value = object.value.record()->find(key);
  if (value == nullptr || value->is_null()) return;
  const std::string path = object.path.empty() ? std::string(key) : object.path + "." + std::string(key);
  read(Field{*value, path, object.where}, out);
}

void read(const Field& field, CallbackState& out) {
  if (field.value.record() == nullptr) field.refuse("an object");
  read_member(field, "args", out.args);
  read_member(field, "attributes", out.attributes);
}

template <class T>
void read(const Field& field, std::vector<T>& out) {
  if (field.value.list() == nullptr) field.refuse("a list");
  for (const Value& item : *field.value.list()) {
    const std::string path = field.path + "[" + std::to_string(out.size()) + "]";
    read(Field{item, path, field.where}, out.emplace_back());
  }
}

void read(const Field& field, std::vector<NamedStates>& out) {
  if (field.value.record() == nullptr) field.refuse("an object");
  for (const auto& [key, value] : *field.value.record()) {
    const Field named{value, field.path + "." + key, field.where};
    std::vector<CallbackState>& states = out.emplace_back(NamedStates{key, {}}).states;
    if (value.list() == nullptr) {
      read(named, states.emplace_back());
    } else {
      read(named, states);
    }
  }
}

Value parse_state(std::string_view text, std::string_view where) {
  try {
    return json::parse(text, where);
  } catch (const JsonError& error) {
    throw StateError(error.what());
  }
}

}  // namespace

std::string TrainerState::to_json() const {
  Record record;
  visit_fields(*this, [&](std::string_view key, const auto& member) { record.set(key, to_value(member)); });
  return json::dump_python(record) + "\n";
}

TrainerState TrainerState::from_json(std::string_view text, std::string_view where) {
  const Value value = parse_state(text, where);
  const Field file{value, "", where};
  if (value.record() == nullptr) Field{value, "the state", where}.refuse("an object");
  TrainerState state;
  visit_fields(state, [&](std::string_view key, auto&& member) { read_member(file, key, member); });
  return state;
}

}  // namespace baton
