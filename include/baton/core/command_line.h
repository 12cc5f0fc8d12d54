// A program's command line: every training argument as a flag, beside the program's own (baton/core/flags.h).
//
// Flags are `--name value` or `--name=value`; `--some-name` is `--some_name`. A switch alone means true, `--no_name`
// false; lists are separated by commas, records are JSON, "none" leaves an optional one unset. `--config FILE` reads a
// .json, .yaml or .yml file of the same names; a flag wins over the file, the file over the program's defaults. The
// names and their meaning are the rows of baton/core/argument_fields.h.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "baton/core/arguments.h"
#include "baton/core/flags.h"

namespace baton {

/// What a command line asks for.
struct CommandLine {
  TrainingArguments args;
  /// What to print instead of running, for --help, --version and --print_config (as JSON that --config accepts); else
  /// empty.
  std::string answer;
};

/// Reads `words`, the first of which is the program's name, and sets the own flags' variables. Throws one ConfigError
/// that lists every unknown flag, unreadable value, unreadable file and problem of the arguments (argument_problems).
CommandLine parse_command_line(const std::vector<std::string>& words, const TrainingArguments& defaults,
                               const Flags& own = Flags());

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

/// Where a program writes. Both must outlive the run.
struct ProgramStreams {
  std::ostream& out;
  std::ostream& err;
};

/// A whole program: reads the command line, calls `body` with the arguments and returns the exit code. No exception
/// leaves it: a ConfigError, from the command line or from `body`, is printed to err as it reads and makes kExitUsage;
/// any other exception is printed as one line and makes kExitFailure. Stopped makes its exit_code().
int run(const std::vector<std::string>& words, const TrainingArguments& defaults,
        const std::function<void(const TrainingArguments&)>& body, const Flags& own, ProgramStreams streams);

/// The same for main(), on the standard streams, after keep_freed_memory() and with StopSignals for SIGINT and SIGTERM.
int run(int argc, const char* const* argv, const TrainingArguments& defaults,
        const std::function<void(const TrainingArguments&)>& body, const Flags& own = Flags());

}  // namespace baton
