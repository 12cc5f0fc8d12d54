#include <unistd.h>

#include <charconv>

#include "baton/core/errors.h"
#include "src/track/abandoned.h"
#include "src/track/run_folders.h"
#include "tools/baton/command_words.h"
#include "tools/baton/deliver.h"

namespace baton::tools {
namespace {

constexpr const char* kHelp =
    "Delivers what trackers have not got of a run: after an outage, a wrong key, or a kill -9.\n\n"
    "Usage:   baton sync RUN [--patience SECONDS]\n"
    "Example: baton sync runs/fashion_mnist\n\n"
    "  RUN                 an output_dir, for all its runs, or the folder of one: output_dir/baton/<run id>\n"
    "  --patience SECONDS  how long a tracker may be down before it is left for another time (60)\n"
    "  --help              print this and exit\n\n"
    "Keys and addresses come from the same environment variables as in the training. A run that was killed is closed\n"
    "as killed; one that is still being written is left to itself. Nothing is delivered twice.\n"
    "Exit code 0: every tracker has everything. 1: not all. 2: the command line is wrong.\n";

double patience_of(const CommandWords& words) {
  if (!words.has("--patience")) return DeliverOptions{}.patience_seconds;
  const std::string text = words.value("--patience");
  double seconds = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || !(seconds >= 0.0)) {
    throw ConfigError("--patience " + text + ": expected a number of seconds");
  }
  return seconds;
}

int sync_runs(const CommandWords& words, std::ostream& out) {
  const DeliverOptions options{.patience_seconds = patience_of(words), .shows_progress = ::isatty(STDOUT_FILENO) != 0};
  const auto services = track::real_services();
  bool all = true;
  for (const std::filesystem::path& folder : track::runs_at(words.path())) {
    if (track::close_if_abandoned(folder, *services))
      out << folder.filename().string() << " was killed: closed as such\n";
    const std::optional<track::RunInfo> run = track::run_info(folder);
    if (!run) {
      out << folder.string() << ": the journal does not say whose it is\n";
      all = false;
      continue;
    }
    track::RemarkBoard remarks;
    all &= deliver(*run, track::earlier_workers(*run, remarks, *services), remarks, options, out);
  }
  return all ? 0 : kExitFailure;
}

}  // namespace

int sync(const Words& words, ProgramStreams streams) {
  return run_command("sync", streams, [&] {
    const CommandWords found = read_words(words, {}, {"--patience"}, "a run");
    if (!found.help()) return sync_runs(found, streams.out);
    streams.out << kHelp;
    return 0;
  });
}

}  // namespace baton::tools
