#include "src/train/checkpoint/optimizer_file.h"

#include <utility>

#include "baton/core/errors.h"
#include "src/train/checkpoint/pt_record.h"
#include "src/train/checkpoint/tensor_content.h"

namespace baton::train {
namespace {

/// Python has pairs of options as tuples.
pt::Value option_to_pt(const Value& value, bool is_pair) {
  pt::Value converted = to_pt(value);
  const auto* list = converted.get<pt::List>();
  return is_pair && list ? pt::Value(pt::Tuple{*list}) : converted;
}

class Reader {
 public:
  explicit Reader(const std::string& where) : where_(where) {}

  OptimizerState state(const pt::Value& value) const {
    const auto& whole = part<pt::Dict>(&value, "it", "a dict");
    OptimizerState state;
    for (const auto& [index, content] : part<pt::Dict>(whole.find("state"), "\"state\"", "a dict").items) {
      const auto& number = part<std::int64_t>(&index, "a key of \"state\"", "the number of a parameter");
      const std::string what = "state " + std::to_string(number);
      read_param(part<pt::Dict>(&content, what, "a dict"), state.params[number]);
    }
    for (const pt::Value& group : part<pt::List>(whole.find("param_groups"), "\"param_groups\"", "a list"))
      state.groups.push_back(this->group(group));
    return state;
  }

 private:
  template <class T>
  const T& part(const pt::Value* value, const std::string& what, const char* expected) const {
    const T* found = value ? value->get<T>() : nullptr;
    if (!found) throw CheckpointError(where_ + ": " + what + " is not " + expected);
    return *found;
  }

  void read_param(const pt::Dict& content, ParamState& into) const {
    for (const auto& [key, value] : content.items) {
      const auto& name = part<std::string>(&key, "the name of a state", "a text");
      if (const auto* tensor = value.get<pt::Tensor>()) {
        into.tensors.push_back({name, from_pt(*tensor)});
      } else if (const auto* nested = value.get<pt::Dict>()) {
        read_param(*nested, into);
      } else if (const std::optional<Value> plain = from_pt(value)) {
        into.numbers.set(name, *plain);
      }
    }
  }

  Record group(const pt::Value& value) const {
    const std::optional<Value> plain = from_pt(value);
    if (plain && plain->record()) return *plain->record();
    throw CheckpointError(where_ + ": a parameter group is not a dict of plain values");
  }

  const std::string& where_;
};

}  // namespace

pt::Value optimizer_to_pt(const OptimizerState& state) {
  pt::Dict params;
  for (const auto& [index, param] : state.params) {
    pt::Dict content;
    for (const auto& [name, tensor] : param.tensors) content.set(name, to_pt(tensor, name));
    for (const auto& [name, number] : param.numbers) content.set(name, to_pt(number));
    params.items.emplace_back(index, std::move(content));
  }
  pt::List groups;
  for (const Record& group : state.groups) {
    pt::Dict options;
    for (const auto& [name, value] : group) options.set(name, option_to_pt(value, name == "betas" || name == "eps"));
    groups.push_back(std::move(options));
  }
  pt::Dict whole;
  whole.set("state", std::move(params));
  whole.set("param_groups", std::move(groups));
  return whole;
}

OptimizerState optimizer_from_pt(const pt::Value& value, const std::string& where) {
  return Reader(where).state(value);
}

}  // namespace baton::train
