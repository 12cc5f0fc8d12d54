// A program's own flags, which stand beside the training arguments on its command line and in its configuration files.
//
//   std::string data = "/usr/share/dataset-fashion-mnist";
//   baton::Flags flags("Trains a small CNN on Fashion-MNIST.");
//   flags.add("data", &data, "folder with the four idx files");
//   return baton::run(argc, argv, {.output_dir = "runs/fashion"}, train, flags);
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "baton/core/value.h"

namespace baton {

/// One flag, bound to the variable that it sets.
struct Flag {
  std::string name;                       ///< without the dashes
  std::string group;                      ///< heading in --help
  std::string help;                       ///< without the default
  std::string placeholder;                ///< what --help shows for the value; empty: a switch, --name alone means true
  std::string expected;                   ///< what a value must be, for errors
  std::function<bool(const Value&)> set;  ///< false, and nothing is set, if the value is of another type
  std::function<Value()> get;
};

class Flags {
 public:
  /// `about` is the first line of --help: what the program does.
  explicit Flags(std::string about = "") : about_(std::move(about)) {}

  /// The variable's present value is the default; it must live until the command line was read.
  Flags& add(const std::string& name, bool* value, const std::string& help);
  Flags& add(const std::string& name, std::int64_t* value, const std::string& help);
  Flags& add(const std::string& name, std::optional<std::int64_t>* value, const std::string& help);
  Flags& add(const std::string& name, double* value, const std::string& help);
  Flags& add(const std::string& name, std::string* value, const std::string& help);
  Flags& add(const std::string& name, std::vector<std::string>* value, const std::string& help);

  /// Flags and values that --help shows as an example of a call.
  Flags& set_example(std::string words);

  const std::string& about() const { return about_; }
  const std::string& example() const { return example_; }
  const std::vector<Flag>& all() const { return all_; }

 private:
  std::string about_;
  std::string example_ = "--output_dir runs/a --num_train_epochs 5 --learning_rate 1e-3";
  std::vector<Flag> all_;
};

}  // namespace baton
