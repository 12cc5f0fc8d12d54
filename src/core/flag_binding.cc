#include "src/core/flag_binding.h"

#include <algorithm>
#include <utility>

#include "baton/core/argument_fields.h"
#include "src/base/json.h"
#include "src/base/spelling.h"
#include "src/core/argument_values.h"

namespace baton {
namespace {

template <class T>
Flag bind(const FieldInfo& field, T* variable) {
  const TypeText text = type_text(*variable);
  return {.name = std::string(field.name),
          .group = std::string(field.group),
          .help = std::string(field.help),
          .placeholder = text.placeholder,
          .expected = text.expected,
          .set = [variable](const Value& value) { return from_value(value, *variable); },
          .get = [variable, is_count = field.is_count] { return printed_value(to_value(*variable), is_count); }};
}

constexpr std::string_view kOwnGroup = "This program";

std::string flag_prefix(const std::string& where) { return where.empty() ? "--" : where + ": "; }

std::string shown(const Value& value) { return value.text() ? *value.text() : json::dump(value); }

}  // namespace

Flags& Flags::add(const std::string& name, bool* value, const std::string& help) {
  all_.push_back(bind({name, kOwnGroup, help}, value));
  return *this;
}

Flags& Flags::add(const std::string& name, std::int64_t* value, const std::string& help) {
  all_.push_back(bind({name, kOwnGroup, help}, value));
  return *this;
}

Flags& Flags::add(const std::string& name, std::optional<std::int64_t>* value, const std::string& help) {
  all_.push_back(bind({name, kOwnGroup, help}, value));
  return *this;
}

Flags& Flags::add(const std::string& name, double* value, const std::string& help) {
  all_.push_back(bind({name, kOwnGroup, help}, value));
  return *this;
}

Flags& Flags::add(const std::string& name, std::string* value, const std::string& help) {
  all_.push_back(bind({name, kOwnGroup, help}, value));
  return *this;
}

Flags& Flags::add(const std::string& name, std::vector<std::string>* value, const std::string& help) {
  all_.push_back(bind({name, kOwnGroup, help}, value));
  return *this;
}

Flags& Flags::set_example(std::string words) {
  example_ = std::move(words);
  return *this;
}

std::vector<Flag> bind_fields(TrainingArguments& args) {
  std::vector<Flag> flags;
  for_each_field([&](const FieldInfo& field, auto member) { flags.push_back(bind(field, &(args.*member))); });
  return flags;
}

Record flag_values(const std::vector<Flag>& flags) {
  Record values;
  for (const Flag& flag : flags) values.set(flag.name, flag.get());
  return values;
}

const Flag* find_flag(const std::vector<Flag>& flags, std::string_view name) {
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
  return found == flags.end() ? nullptr : &*found;
}

void set_flag(const Flag& flag, const Value& value, const std::string& where, std::vector<std::string>& problems) {
  if (flag.set(value)) return;
  problems.push_back(flag_prefix(where) + flag.name + " " + shown(value) + ": expected " + flag.expected);
}

void set_flags(const std::vector<Flag>& flags, const Record& values, const std::string& where,
               std::vector<std::string>& problems) {
  for (const auto& [name, value] : values) {
    if (const Flag* flag = find_flag(flags, name)) {
      set_flag(*flag, value, where, problems);
    } else {
      problems.push_back(unknown_flag(flags, name, where));
    }
  }
}

std::string unknown_flag(const std::vector<Flag>& flags, const std::string& name, const std::string& where) {
  std::vector<std::string_view> names;
  for (const Flag& flag : flags) names.push_back(flag.name);
  const std::string_view nearest = nearest_word(name, names);
  const std::string problem = flag_prefix(where) + name + ": no such argument";
  if (nearest.empty()) return problem;
  return problem + "; did you mean " + (where.empty() ? "--" : "") + std::string(nearest) + "?";
}

}  // namespace baton
