// baton COMMAND ...: what can be said about runs without running them. Links no LibTorch and starts in milliseconds.
#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include "baton/version.h"
#include "src/base/spelling.h"
#include "tools/baton/commands.h"

namespace baton::tools {
namespace {

struct Command {
  std::string_view name;
  std::string_view about;
  int (*run)(const Words& words, ProgramStreams streams);
};

constexpr std::array kCommands{
    Command{"report", "make a page of a run, for a browser", report},
    Command{"sync", "deliver what trackers have not got of a run", sync},
    Command{"backfill", "show an old run in other trackers", backfill},
    Command{"plan", "say what a run will do, before its first step", plan},
    Command{"inspect", "say what is in a checkpoint, a file of one, a journal or an event file", inspect},
    Command{"verify", "read a checkpoint to the last byte and say whether it is good", verify},
    Command{"export", "write a checkpoint's weights for LibTorch or for Python", export_weights},
    Command{"import", "make a checkpoint's weights of what LibTorch or Python wrote", import_weights},
};

std::string help() {
  constexpr std::size_t kAboutColumn = 14;
  std::string text =
      "Baton trains LibTorch models; this program tells you about runs without a model.\n\n"
      "Usage:   baton COMMAND [PATH] [--name value | --name=value] ...\n"
      "Example: baton plan --train_samples 60000 --num_train_epochs 3 --per_device_train_batch_size 64\n\n"
      "Commands\n";
  for (const Command& command : kCommands) {
    std::string line = "  " + std::string(command.name);
    line.resize(std::max(kAboutColumn, line.size() + 2), ' ');
    text += line + std::string(command.about) + "\n";
  }
  return text +
         "\n  --help, -h  print this and exit; after a command: every flag of that command\n"
         "  --version   print the version of Baton and exit\n";
}

int fail(const std::string& problem, ProgramStreams streams) {
  streams.err << "baton: " << problem << "\nbaton --help lists the commands\n";
  return kExitUsage;
}

int refuse(const std::string& word, ProgramStreams streams) {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  const std::string nearest(nearest_word(word, names));
  return fail(word + ": no such command" + (nearest.empty() ? "" : "; did you mean " + nearest + "?"), streams);
}

int answer(const std::string& text, ProgramStreams streams) {
  streams.out << text;
  return 0;
}

int main(const Words& words, ProgramStreams streams) {
  if (words.empty()) return fail("expected a command", streams);
  const std::string& first = words.front();
  if (first == "--help" || first == "-h") return answer(help(), streams);
  if (first == "--version") return answer("Baton " + std::string(version()) + "\n", streams);
  for (const Command& command : kCommands) {
    if (command.name != first) continue;
    Words of_command = words;
    of_command.front() = "baton " + first;
    return command.run(of_command, streams);
  }
  return refuse(first, streams);
}

}  // namespace
}  // namespace baton::tools

int main(int argc, char** argv) {
  const int code = baton::tools::main({argv + std::min(argc, 1), argv + argc}, {std::cout, std::cerr});
  const bool written = static_cast<bool>(std::cout.flush());
  return code == 0 && !written ? baton::kExitFailure : code;
}
