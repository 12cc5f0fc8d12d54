// Plain code and no option library: those at hand stop at the first error, know neither --no_name nor a nearest name,
// and would need every row of the field table declared to them a second time.
#include "baton/core/command_line.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

#include "baton/core/errors.h"
#include "baton/core/memory.h"
#include "baton/core/stop_signals.h"
#include "baton/version.h"
#include "src/base/json.h"
#include "src/core/config_file.h"
#include "src/core/flag_binding.h"
#include "src/core/help_text.h"

namespace baton {
namespace {

bool is_flag(const std::string& word) { return word.starts_with("--"); }

std::string program_name(const std::vector<std::string>& words) {
  return words.empty() ? "program" : std::filesystem::path(words.front()).filename().string();
}

/// First splits the words into what they say, then applies it: the answer to --help shows the program's own defaults,
/// and flags win over files wherever they stand.
class Reader {
 public:
  Reader(const TrainingArguments& defaults, const Flags& own) : own_(own) {
    result_.args = defaults;
    flags_ = own.all();
    for (Flag& flag : bind_fields(result_.args)) flags_.push_back(std::move(flag));
    for (const char* name : {"config", "print_config", "version", "help"}) known_.push_back({.name = name});
    known_.insert(known_.end(), flags_.begin(), flags_.end());
    check_own_names();
  }

  CommandLine read(const std::vector<std::string>& words) {
    const std::string program = program_name(words);
    for (auto word = words.begin() + (words.empty() ? 0 : 1); word != words.end();) word = take(word, words.end());
    if (asks_for_help_) result_.answer = help_text(program, own_, flags_);
    if (asks_for_version_) result_.answer = "Baton " + std::string(version()) + "\n";
    if (!result_.answer.empty()) return std::move(result_);
    apply();
    if (!problems_.empty()) throw ConfigError(std::move(problems_));
    if (asks_for_config_) result_.answer = json::dump_pretty(flag_values(flags_)) + "\n";
    return std::move(result_);
  }

 private:
  using Words = std::vector<std::string>::const_iterator;

  struct Assignment {
    const Flag* flag;
    Value value;
  };

  void check_own_names() const {
    for (const Flag& flag : own_.all()) {
      const auto same = [&](const Flag& other) { return other.name == flag.name; };
      if (std::count_if(known_.begin(), known_.end(), same) > 1) {
        throw ConfigError("--" + flag.name + ": the program's own flag has the name of another flag");
      }
      if (flag.name.find('-') != std::string::npos) {
        throw ConfigError("--" + flag.name + ": the program's own flag has a dash in its name, expected _");
      }
    }
  }

  /// Reads one flag with its value; returns the word after it.
  Words take(Words word, Words end) {
    if (!is_flag(*word) && *word != "-h") {
      problems_.push_back(*word + ": expected a flag, --name value");
      return word + 1;
    }
    const std::size_t equals = std::min(word->find('='), word->size());
    std::string name = *word == "-h" ? "help" : word->substr(2, equals - 2);
    std::replace(name.begin(), name.end(), '-', '_');
    std::optional<std::string> value;
    if (equals < word->size()) value = word->substr(equals + 1);
    const bool has_next = word + 1 != end && !is_flag(*(word + 1));
    if (!value && has_next && takes_value(name)) value = *++word;
    note(name, value);
    return word + 1;
  }

  /// Also of an unknown flag the next word is the value, or it would make an error of its own.
  bool takes_value(const std::string& name) { return !question(name) && !negated_switch(name); }

  /// What a flag that asks for an answer sets, or null.
  bool* question(const std::string& name) {
    if (name == "help") return &asks_for_help_;
    if (name == "version") return &asks_for_version_;
    return name == "print_config" ? &asks_for_config_ : nullptr;
  }

  const Flag* negated_switch(const std::string& name) const {
    const Flag* flag = name.starts_with("no_") ? find_flag(flags_, name.substr(3)) : nullptr;
    return flag && flag->placeholder.empty() ? flag : nullptr;
  }

  void note(const std::string& name, const std::optional<std::string>& value) {
    if (name == "config") return note_config(value);
    if (const Flag* flag = find_flag(flags_, name)) return note_flag(*flag, value);
    const Flag* negated = negated_switch(name);
    bool* asked = question(name);
    if (!negated && !asked) return problems_.push_back(unknown_flag(known_, name, ""));
    if (value) return problems_.push_back("--" + name + " " + *value + ": expected no value");
    if (negated) return assignments_.push_back({negated, false});
    *asked = true;
  }

  void note_config(const std::optional<std::string>& path) {
    if (path) return files_.push_back(*path);
    problems_.push_back("--config: expected the path of a file after it");
  }

  void note_flag(const Flag& flag, const std::optional<std::string>& value) {
    if (value) return assignments_.push_back({&flag, *value});
    if (flag.placeholder.empty()) return assignments_.push_back({&flag, true});
    problems_.push_back("--" + flag.name + ": expected " + flag.expected + " after it");
  }

  void apply() {
    for (const std::string& path : files_) {
      try {
        set_flags(flags_, read_config_file(path), path, problems_);
      } catch (const ConfigError& error) {
        problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
      }
    }
    for (const Assignment& assignment : assignments_) set_flag(*assignment.flag, assignment.value, "", problems_);
    for (std::string& problem : argument_problems(result_.args)) problems_.push_back(std::move(problem));
  }

  const Flags& own_;
  CommandLine result_;
  std::vector<Flag> flags_;
  std::vector<Flag> known_;  ///< flags_ and the built-in ones, for suggestions
  std::vector<Assignment> assignments_;
  std::vector<std::string> files_;
  std::vector<std::string> problems_;
  bool asks_for_help_ = false;
  bool asks_for_version_ = false;
  bool asks_for_config_ = false;
};

/// LibTorch's exceptions append a stack trace to their message.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& words, const TrainingArguments& defaults,
                               const Flags& own) {
  return Reader(defaults, own).read(words);
}

int run(const std::vector<std::string>& words, const TrainingArguments& defaults,
        const std::function<void(const TrainingArguments&)>& body, const Flags& own, ProgramStreams streams) {
  const std::string program = program_name(words);
  std::string hint = program + " --help lists every flag\n";
  try {
    const CommandLine line = parse_command_line(words, defaults, own);
    hint.clear();
    streams.out << line.answer << std::flush;
    if (line.answer.empty()) body(line.args);
    return 0;
  } catch (const Stopped& stopped) {
    return stopped.exit_code();
  } catch (const ConfigError& error) {
    streams.err << program << ": " << error.what() << '\n' << hint << std::flush;
    return kExitUsage;
  } catch (const std::exception& error) {
    streams.err << program << ": " << first_line(error.what()) << std::endl;
  } catch (...) {
    streams.err << program << ": an exception of unknown type" << std::endl;
  }
  return kExitFailure;
}

int run(int argc, const char* const* argv, const TrainingArguments& defaults,
        const std::function<void(const TrainingArguments&)>& body, const Flags& own) {
  keep_freed_memory();
  const StopSignals signals;
  return run(std::vector<std::string>(argv, argv + argc), defaults, body, own, {std::cout, std::cerr});
}

}  // namespace baton
