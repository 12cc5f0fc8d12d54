#include "src/core/optim_args.h"

#include <cmath>
#include <string_view>
#include <utility>

#include "src/core/argument_values.h"

namespace baton {
namespace {

Record default_options(OptimizerName optim) {
  switch (optim) {
    case OptimizerName::kSgd:
      return {{"momentum", 0.0}, {"dampening", 0.0}, {"nesterov", false}};
    case OptimizerName::kAdagrad:
      return {{"lr_decay", 0.0}, {"eps", 1e-10}};
    case OptimizerName::kRmsprop:
      return {{"momentum", 0.0}, {"alpha", 0.99}, {"eps", 1e-8}, {"centered", false}};
    default:
      return {};
  }
}

std::string names_of(const Record& options) {
  std::string names;
  for (const auto& item : options) names += (names.empty() ? "" : ", ") + item.first;
  return names;
}

/// What is wrong with "name=value", or ""; sets the option if nothing is.
std::string set_option(Record& options, const std::string& mapping) {
  const std::size_t equals = mapping.find('=');
  if (equals == std::string::npos) return "expected name=value, with commas in between";
  const std::string name = mapping.substr(0, equals);
  const Value text(mapping.substr(equals + 1));
  const Value* option = options.find(name);
  if (name == "weight_decay") return "expected --weight_decay, which outranks it";
  if (option == nullptr) return "expected one of " + names_of(options);
  bool flag = false;
  double number = 0.0;
  if (option->boolean()) {
    if (!from_value(text, flag)) return "expected true or false";
    options.set(name, flag);
  } else {
    if (!from_value(text, number) || !std::isfinite(number) || number < 0.0) return "expected a number, 0 or more";
    options.set(name, number);
  }
  return "";
}

}  // namespace

OptimArgs read_optim_args(const TrainingArguments& args) {
  OptimArgs read{.options = default_options(args.optim)};
  const auto complain = [&](const std::string& what, const std::string& expected) {
    read.problems.push_back("--optim_args " + what + ": " + expected);
  };
  std::string text = args.optim_args.value_or("");
  std::erase(text, ' ');
  if (!text.empty() && read.options.empty()) {
    complain(text, "expected none, --optim " + std::string(enum_name(args.optim)) + " takes no more options");
    return read;
  }
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string mapping = text.substr(0, comma);
    const std::string problem = set_option(read.options, mapping);
    if (!problem.empty()) complain(mapping, problem);
    text.erase(0, comma == std::string::npos ? comma : comma + 1);
  }
  const bool nesterov = read.options.number("nesterov") == 1.0;
  if (nesterov && !(read.options.number("momentum") > 0.0 && read.options.number("dampening") == 0.0)) {
    complain("nesterov=true", "expected a momentum above 0 and no dampening with it");
  }
  return read;
}

}  // namespace baton
