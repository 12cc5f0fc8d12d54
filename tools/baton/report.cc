#include "src/track/report/report.h"

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/rewinds.h"
#include "src/track/run_folders.h"
#include "tools/baton/command_words.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr const char* kHelp =
    "Makes a page of a run: curves, parameters, checkpoints, notices, and where the time went.\n\n"
    "Usage:   baton report RUN [-o FILE]\n"
    "Example: baton report runs/fashion_mnist -o report.html\n\n"
    "  RUN        an output_dir, for its newest run, or the folder of one: output_dir/baton/<run id>\n"
    "  -o FILE    the page, one file that needs no network; unset: RUN/report.html\n"
    "  --help     print this and exit\n\n"
    "Every run that reports to a tracker has a journal, of which the page is made; a run that goes on can be looked "
    "at, "
    "too.\n"
    "Exit code 0: the page is written. 1: it is not. 2: the command line is wrong.\n";

std::vector<track::Entry> entries_that_count(const fs::path& folder) {
  const track::Rewinds rewinds = track::outline_of(folder).rewinds;
  std::vector<track::Entry> entries;
  track::for_each_entry(folder, [&](const track::Entry& entry) {
    if (!rewinds.undone(entry)) entries.push_back(entry);
  });
  return entries;
}

int report_run(const CommandWords& words, std::ostream& out) {
  const fs::path folder = track::runs_at(words.path()).back();
  const fs::path file = words.has("--output") ? fs::path(words.value("--output")) : words.path() / "report.html";
  const std::string page = track::report_html({.entries = entries_that_count(folder)});
  replace_file(file, [&](ByteSink& sink) { sink.write(page); });
  out << file.string() << ": run " << folder.filename().string() << '\n';
  return 0;
}

}  // namespace

int report(const Words& words, ProgramStreams streams) {
  return run_command("report", streams, [&] {
    const CommandWords found = read_words(words, {}, {"--output"}, "a run");
    if (!found.help()) return report_run(found, streams.out);
    streams.out << kHelp;
    return 0;
  });
}

}  // namespace baton::tools
