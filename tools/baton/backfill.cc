#include <unistd.h>

#include "baton/core/errors.h"
#include "baton/core/state.h"
#include "baton/track/run.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/core/folder_draft.h"
#include "src/track/crew.h"
#include "src/track/journal/segments.h"
#include "src/track/resolve_trackers.h"
#include "src/track/run_folders.h"
#include "tools/baton/command_words.h"
#include "tools/baton/deliver.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHelp =
    "Shows an old run in trackers that it was not reported to: Baton's or the Hugging Face Trainer's.\n\n"
    "Usage:   baton backfill PATH --report_to NAME[,NAME]... [--run_name NAME]\n"
    "Example: baton backfill runs/fashion_mnist --report_to tensorboard,mlflow\n"
    "         baton backfill old/checkpoint-500/trainer_state.json --report_to mlflow --run_name old\n\n"
    "  PATH               an output_dir with a journal, the folder of one run, or a trainer_state.json, whose\n"
    "                     log_history is shown, with training_args.json if it lies beside\n"
    "  --report_to NAMES  trackers, separated by commas; all: those configured here\n"
    "  --run_name NAME    what the trackers call the run of a trainer_state.json\n"
    "  --help             print this and exit\n\n"
    "A state file holds no times: its records get the present one.\n"
    "Exit code 0: every tracker has everything. 1: not all; baton sync goes on. 2: the command line is wrong.\n";

std::vector<std::string> split(const std::string& names) {
  std::vector<std::string> all;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    all.push_back(names.substr(begin, end - begin));
    begin = end + 1;
  }
  return all;
}

/// A journal of what the state file tells; its folder.
fs::path journal_of_state(const fs::path& file, const std::string& name) {
  const TrainerState state = TrainerState::from_json(read_file(file), file.string());
  fs::path output_dir = fs::absolute(file).parent_path();
  const fs::path arguments = output_dir / kArgumentsFile;
  if (output_dir.filename().string().starts_with("checkpoint-")) output_dir = output_dir.parent_path();
  track::Run run({.output_dir = output_dir, .name = name});
  if (fs::exists(arguments)) run.params({{"args", json::parse(read_file(arguments), arguments.string())}});
  std::int64_t step = 0;
  for (LogRecord record : state.log_history) {
    // A callback can have put a record without one there: it belongs where it stands.
    if (const Value* own = record.find("step"); own != nullptr && own->integer() != nullptr) step = *own->integer();
    record.erase("step");
    if (!record.empty()) run.log(record, step);
  }
  run.finish();
  return run.info().folder;
}

/// A key that no tracker of the run has yet.
std::string free_key(const fs::path& folder, const std::string& name) {
  std::string key = name;
  for (int number = 2; fs::exists(track::note_path(folder, key)); ++number) key = name + "-" + std::to_string(number);
  return key;
}

bool show(const fs::path& folder, const std::vector<const track::TrackerKind*>& kinds, track::RunServices& services,
          std::ostream& out) {
  const std::optional<track::RunInfo> run = track::run_info(folder);
  if (!run) throw Error(folder.string() + ": the journal does not say whose it is");
  track::RemarkBoard remarks;
  std::vector<std::unique_ptr<track::Worker>> workers;
  for (const track::TrackerKind* kind : kinds) {
    workers.push_back(track::make_worker(*run, kind->standalone(*run, *services.environment),
                                         free_key(folder, std::string(kind->name)), remarks, services));
  }
  return deliver(*run, std::move(workers), remarks, {.shows_progress = ::isatty(STDOUT_FILENO) != 0}, out);
}

int backfill_path(const CommandWords& words, std::ostream& out) {
  if (!words.has("--report_to")) throw ConfigError("--report_to is missing: expected names of trackers");
  const auto services = track::real_services();
  const auto kinds = track::resolve_replays(split(words.value("--report_to")), *services->environment);
  if (fs::is_regular_file(words.path()) && words.path().extension() == ".json") {
    return show(journal_of_state(words.path(), words.value("--run_name")), kinds, *services, out) ? 0 : kExitFailure;
  }
  bool all = true;
  for (const fs::path& folder : track::runs_at(words.path())) all &= show(folder, kinds, *services, out);
  return all ? 0 : kExitFailure;
}

}  // namespace

int backfill(const Words& words, ProgramStreams streams) {
  return run_command("backfill", streams, [&] {
    const CommandWords found = read_words(words, {}, {"--report_to", "--run_name"}, "a run or a trainer_state.json");
    if (!found.help()) return backfill_path(found, streams.out);
    streams.out << kHelp;
    return 0;
  });
}

}  // namespace baton::tools
