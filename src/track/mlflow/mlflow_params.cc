#include "src/track/mlflow/mlflow_params.h"

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "src/base/number_text.h"
#include "src/base/utf8.h"

namespace baton::track {

namespace {

/// As in Python's repr(): in single quotes, or in double ones if that spares an escape.
std::string quoted(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string result(1, quote);
  for (const char letter : text) {
    if (letter == quote || letter == '\\') {
      result.append({'\\', letter});
    } else if (letter == '\n' || letter == '\r' || letter == '\t') {
      result.append({'\\', letter == '\n' ? 'n' : letter == '\r' ? 'r' : 't'});
    } else if (static_cast<unsigned char>(letter) < ' ' || letter == '\x7f') {
      const auto byte = static_cast<unsigned char>(letter);
      result.append({'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      result += letter;
    }
  }
  return result += quote;
}

std::string python_repr(const Value& value);

std::string python_repr(const Value::List& list) {
  std::string text = "[";
  for (const Value& item : list) text.append(text.size() > 1 ? ", " : "").append(python_repr(item));
  return text += ']';
}

std::string python_repr(const Record& record) {
  std::string text = "{";
  for (const auto& [key, item] : record) {
    text.append(text.size() > 1 ? ", " : "").append(quoted(key)).append(": ").append(python_repr(item));
  }
  return text += '}';
}

std::string python_repr(const Value& value) {
  return value.visit([](const auto& held) -> std::string {
    using Held = std::decay_t<decltype(held)>;
    if constexpr (std::is_same_v<Held, std::nullptr_t>) return "None";
    if constexpr (std::is_same_v<Held, bool>) return held ? "True" : "False";
    if constexpr (std::is_same_v<Held, std::int64_t>) return std::to_string(held);
    if constexpr (std::is_same_v<Held, double>) return float_repr(held);
    if constexpr (std::is_same_v<Held, std::string>) return quoted(held);
    if constexpr (std::is_same_v<Held, Value::List> || std::is_same_v<Held, Record>) return python_repr(held);
  });
}

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).length);
  return count;
}

Record one_of(const Record& groups) {
  Record all;
  const auto add = [&](std::string_view name) {
    const Value* const group = groups.find(name);
    if (group != nullptr && group->record() != nullptr) all.merge(*group->record());
  };
  add("model_config");
  for (const auto& [name, group] : groups) {
    if (name != "model_config" && name != "args") add(name);
  }
  add("args");
  return all;
}

void flatten_into(Record& flat, const Record& nested, const std::string& prefix) {
  for (const auto& [key, value] : nested) {
    const Record* const inner = value.record();
    if (inner != nullptr && !inner->empty()) {
      flatten_into(flat, *inner, prefix + key + ".");
    } else {
      flat.set(prefix + key, value);
    }
  }
}

}  // namespace

std::string python_str(const Value& value) { return value.text() != nullptr ? *value.text() : python_repr(value); }

MlflowParams mlflow_params(const Record& groups, const MlflowParamRules& rules) {
  Record all = one_of(groups);
  if (rules.flatten) {
    Record flat;
    flatten_into(flat, all, "");
    all = std::move(flat);
  }
  MlflowParams params;
  for (const auto& [key, value] : all) {
    std::string text = python_str(value);
    if (characters_in(text) > rules.longest_value) {
      params.too_long.push_back(key);
    } else if (!rules.most || params.kept.size() < *rules.most) {
      params.kept.push_back({key, std::move(text)});
    }
  }
  return params;
}

}  // namespace baton::track
