// How the types of training arguments are written as values and read back. What a command line, a configuration file
// and a checkpoint hold all goes through here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/value.h"

namespace baton {

// The reference's names, in the order of the enumerators.
template <class Enum>
inline constexpr int kEnumNames = 0;
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<LoggingStrategy> = {"no", "steps", "epoch"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<EvalStrategy> = {"no", "steps", "epoch"};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<SaveStrategy> = {"no", "steps", "epoch", "best"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<TokenCounting> = {"no", "all", "non_padding"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<SamplingStrategy> = {"random", "sequential",
                                                                                 "group_by_length"};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<TrackerResume> = {"auto", "same", "new"};
template <>
inline constexpr std::array<std::string_view, 7> kEnumNames<OptimizerName> = {
    "adamw_torch_fused", "adamw_torch", "sgd", "adagrad", "rmsprop", "adafactor", "lion_32bit"};
template <>
inline constexpr std::array<std::string_view, 12> kEnumNames<LrSchedulerType> = {
    "linear",
    "cosine",
    "cosine_with_restarts",
    "polynomial",
    "constant",
    "constant_with_warmup",
    "inverse_sqrt",
    "reduce_lr_on_plateau",
    "cosine_with_min_lr",
    "cosine_warmup_with_min_lr",
    "warmup_stable_decay",
    "greedy",
};

template <class Enum>
requires std::is_enum_v<Enum> std::string_view enum_name(Enum value) {
  return kEnumNames<Enum>.at(static_cast<std::size_t>(value));
}

/// A whole number as an integer (500, not 500.0), else as it is.
Value plain_number(double number);
/// What a field with this value is printed as: see FieldInfo::is_count.
Value printed_value(const Value& value, bool is_count);

Value to_value(bool value);
Value to_value(std::int64_t value);
Value to_value(double value);
Value to_value(const std::string& value);
Value to_value(const std::vector<std::string>& value);
Value to_value(const Record& value);

template <class Enum>
requires std::is_enum_v<Enum> Value to_value(Enum value) { return enum_name(value); }

template <class T>
Value to_value(const std::optional<T>& value) {
  return value ? to_value(*value) : Value(nullptr);
}

// Each leaves `out` alone and returns false if `value` is of another type. A text is read as on a command line.
bool from_value(const Value& value, bool& out);
bool from_value(const Value& value, std::int64_t& out);
bool from_value(const Value& value, double& out);
bool from_value(const Value& value, std::string& out);
bool from_value(const Value& value, std::vector<std::string>& out);
bool from_value(const Value& value, Record& out);
bool from_value(const Value& value, TokenCounting& out);  // the reference takes true and false for all and no as well

template <class Enum>
requires std::is_enum_v<Enum>
bool enum_from_text(const Value& value, Enum& out) {
  const std::string* text = value.text();
  if (!text) return false;
  for (std::size_t i = 0; i < kEnumNames<Enum>.size(); ++i) {
    if (kEnumNames<Enum>[i] != *text) continue;
    out = static_cast<Enum>(i);
    return true;
  }
  return false;
}

template <class Enum>
requires std::is_enum_v<Enum>
bool from_value(const Value& value, Enum& out) { return enum_from_text(value, out); }

/// A null, or the text "none" or "null".
bool means_unset(const Value& value);

template <class T>
bool from_value(const Value& value, std::optional<T>& out) {
  T inner{};
  const bool unset = means_unset(value);
  if (!unset && !from_value(value, inner)) return false;
  out = unset ? std::nullopt : std::optional<T>(std::move(inner));
  return true;
}

/// What a person is told about a type.
struct TypeText {
  std::string expected;     ///< in errors: "a whole number", "one of no, steps, epoch"
  std::string placeholder;  ///< in --help: "N"; empty for switches, where --name alone means true
};

TypeText type_text(const bool& type);
TypeText type_text(const std::int64_t& type);
TypeText type_text(const double& type);
TypeText type_text(const std::string& type);
TypeText type_text(const std::vector<std::string>& type);
TypeText type_text(const Record& type);
TypeText choice_text(const std::string_view* names, std::size_t count);

template <class Enum>
requires std::is_enum_v<Enum> TypeText type_text(const Enum&) {
  return choice_text(kEnumNames<Enum>.data(), kEnumNames<Enum>.size());
}

template <class T>
TypeText type_text(const std::optional<T>&) {
  TypeText text = type_text(T{});
  text.expected += ", or none";
  return text;
}

}  // namespace baton
