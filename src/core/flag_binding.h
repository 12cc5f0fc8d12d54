// Flags for the training arguments, and reading values into any flags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/flags.h"
#include "baton/core/value.h"

namespace baton {

/// One flag for each field of `args`, in the table's order. They are bound to `args`, which must outlive them.
std::vector<Flag> bind_fields(TrainingArguments& args);

/// The flags' present values under their names.
Record flag_values(const std::vector<Flag>& flags);

/// The flag of that name, or null.
const Flag* find_flag(const std::vector<Flag>& flags, std::string_view name);

/// Sets one flag, or adds a line to `problems`. `where` names the file that the value comes from; empty: a command
/// line.
void set_flag(const Flag& flag, const Value& value, const std::string& where, std::vector<std::string>& problems);

/// Sets the flags that `values` names; unknown names are problems.
void set_flags(const std::vector<Flag>& flags, const Record& values, const std::string& where,
               std::vector<std::string>& problems);

/// "--save_stps: no such argument; did you mean --save_steps?"
std::string unknown_flag(const std::vector<Flag>& flags, const std::string& name, const std::string& where);

}  // namespace baton
