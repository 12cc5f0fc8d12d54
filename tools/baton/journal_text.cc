#include "tools/baton/journal_text.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <vector>

#include "src/base/json.h"
#include "src/track/journal/reader.h"
#include "src/track/journal/rewinds.h"
#include "src/track/run_folders.h"
#include "src/track/tracker_note.h"
#include "tools/baton/listing.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

using track::Entry;
using track::EntryKind;

/// A run as its journal tells it.
struct Outline {
  std::optional<track::RunInfo> info;
  track::JournalOutline journal;
  std::map<std::string, std::int64_t> counts;
  std::int64_t undone = 0;
  std::int64_t last_step = 0;
  Record last;
  std::uint64_t missing = 0;
  std::uint64_t damaged_bytes = 0;
};

Outline outline(const fs::path& folder) {
  Outline run{.info = track::run_info(folder), .journal = track::outline_of(folder)};
  track::JournalReader reader(folder);
  while (const std::optional<Entry> entry = reader.next()) {
    ++run.counts[std::string(entry_name(entry->kind))];
    if (run.journal.rewinds.undone(*entry)) {
      ++run.undone;
    } else if (entry->kind == EntryKind::kLog) {
      run.last.merge(entry->values);
      run.last_step = entry->step;
    }
  }
  run.missing = reader.missing();
  run.damaged_bytes = reader.damaged_bytes();
  return run;
}

std::string time_text(std::int64_t ns) {
  const std::time_t seconds = ns / 1'000'000'000;
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return text.data();
}

std::string status_text(const track::JournalOutline& journal) {
  if (!journal.finish) return "open: it is being written, or was killed";
  const Value* status = journal.finish->values.find("status");
  return (status != nullptr && status->text() != nullptr ? *status->text() : "ended") + " at " +
         time_text(journal.finish->time_ns);
}

std::vector<std::pair<std::string, track::TrackerNote>> notes_of(const fs::path& folder) {
  std::vector<std::pair<std::string, track::TrackerNote>> notes;
  std::error_code absent;
  for (const auto& file : fs::directory_iterator(folder / "trackers", absent)) {
    if (file.path().extension() != ".json") continue;
    if (auto note = track::read_note(file.path())) notes.emplace_back(file.path().stem().string(), std::move(*note));
  }
  std::sort(notes.begin(), notes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return notes;
}

std::string line(const std::string& name, const std::string& text) {
  std::string padded = "  " + name;
  padded.resize(std::max<std::size_t>(padded.size() + 2, 16), ' ');
  return padded + text + "\n";
}

std::string run_text(const fs::path& folder) {
  const Outline run = outline(folder);
  std::string text = folder.string() + "\n";
  if (run.info) {
    text += line("run", run.info->id + (run.info->name.empty() ? "" : " (" + run.info->name + ")"));
    text += line("begun", time_text(run.info->start_ns));
  }
  text += line("status", status_text(run.journal));
  text += line("resumed", std::to_string(run.journal.rewinds.all().size()) + " times");
  std::string counts;
  for (const auto& [kind, count] : run.counts)
    counts.append(counts.empty() ? "" : ", ").append(std::to_string(count) + " " + kind);
  text += line("records", counts + (run.undone > 0 ? "; " + std::to_string(run.undone) + " undone by resumes" : ""));
  if (run.missing > 0 || run.damaged_bytes > 0) {
    text += line("damage",
                 std::to_string(run.missing) + " records missing, " + grouped(run.damaged_bytes) + " bytes unreadable");
  }
  text += line("last step", std::to_string(run.last_step));
  for (const auto& [key, value] : run.last) text += line("last." + key, json::dump(value));
  for (const auto& [key, note] : notes_of(folder)) {
    text += line(key, grouped(note.position.sequence) + " of " + grouped(run.journal.last_sequence) + " records" +
                          (note.refused > 0 ? ", " + std::to_string(note.refused) + " refused" : "") +
                          (note.finished ? ", finished" : ""));
  }
  return text;
}

Record run_record(const fs::path& folder) {
  const track::JournalOutline journal = track::outline_of(folder);
  Value::List entries;
  track::for_each_entry(folder, [&](const Entry& entry) {
    entries.push_back(Record{{"kind", entry_name(entry.kind)},
                             {"generation", std::int64_t{entry.generation}},
                             {"sequence", static_cast<std::int64_t>(entry.sequence)},
                             {"time_ns", entry.time_ns},
                             {"step", entry.step},
                             {"undone", journal.rewinds.undone(entry)},
                             {"values", entry.values}});
  });
  Record trackers;
  for (const auto& [key, note] : notes_of(folder)) trackers.set(key, note.to_record());
  return {{"folder", folder.string()}, {"trackers", trackers}, {"entries", std::move(entries)}};
}

/// The run that a segment belongs to, or the path itself.
fs::path run_of(const fs::path& path) { return path.extension() == ".btj" ? path.parent_path() : path; }

}  // namespace

bool is_journal(const fs::path& path) {
  if (path.extension() == ".btj") return true;
  try {
    return fs::is_directory(path) && !fs::exists(path / "manifest.json") && !track::runs_at(path).empty();
  } catch (const Error&) {
    return false;
  }
}

std::string journal_text(const fs::path& path) {
  std::string text;
  for (const fs::path& folder : track::runs_at(run_of(path)))
    text.append(text.empty() ? "" : "\n").append(run_text(folder));
  return text;
}

std::string journal_json(const fs::path& path) {
  Value::List runs;
  for (const fs::path& folder : track::runs_at(run_of(path))) runs.push_back(run_record(folder));
  return json::dump_pretty(Record{{"path", path.string()}, {"runs", std::move(runs)}}) + "\n";
}

}  // namespace baton::tools
