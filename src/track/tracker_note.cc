#include "src/track/tracker_note.h"

#include <limits>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/base/json.h"

namespace baton::track {
namespace {

std::uint64_t count(const Record& record, const char* key, const std::string& where) {
  const Value* value = record.find(key);
  if (value == nullptr || value->integer() == nullptr || *value->integer() < 0) {
    throw Error(where + ": \"" + key + "\" is no count");
  }
  return static_cast<std::uint64_t>(*value->integer());
}

Record part(const Record& record, const char* key, const std::string& where) {
  const Value* value = record.find(key);
  if (value == nullptr || value->record() == nullptr) throw Error(where + ": \"" + key + "\" is no object");
  return *value->record();
}

Position position(const Record& record, const char* key, const std::string& where) {
  const Record place = part(record, key, where);
  const std::uint64_t generation = count(place, "generation", where);
  if (generation > std::numeric_limits<std::uint32_t>::max()) throw Error(where + ": \"generation\" is too large");
  return {static_cast<std::uint32_t>(generation), count(place, "sequence", where)};
}

Record record_of(const Position& position) {
  return {{"generation", std::int64_t{position.generation}},
          {"sequence", static_cast<std::int64_t>(position.sequence)}};
}

std::vector<Undone> undone_of(const Record& record, const std::string& where) {
  const Value* value = record.find("undone");
  if (value == nullptr || value->list() == nullptr) throw Error(where + ": \"undone\" is no list");
  std::vector<Undone> undone;
  for (const Value& item : *value->list()) {
    if (item.record() == nullptr) throw Error(where + ": \"undone\" holds something else than objects");
    undone.push_back({count(*item.record(), "rewind", where), count(*item.record(), "held", where)});
  }
  return undone;
}

}  // namespace

Record TrackerNote::to_record() const {
  Value::List list;
  for (const Undone& one : undone) {
    list.push_back(
        Record{{"rewind", static_cast<std::int64_t>(one.rewind)}, {"held", static_cast<std::int64_t>(one.held)}});
  }
  return {{"tracker", tracker},
          {"options", options},
          {"memory", memory},
          {"position", record_of(position)},
          {"attempted", record_of(attempted)},
          {"finished", finished},
          {"refused", refused},
          {"undone", list}};
}

TrackerNote TrackerNote::from_text(const std::string& text, const std::string& where) {
  const Value value = json::parse(text, where);
  if (value.record() == nullptr) throw Error(where + ": expected an object");
  const Record& record = *value.record();
  const Value* tracker = record.find("tracker");
  if (tracker == nullptr || tracker->text() == nullptr) throw Error(where + ": \"tracker\" is no text");
  const Value* finished = record.find("finished");
  if (finished == nullptr || finished->boolean() == nullptr) throw Error(where + ": \"finished\" is not true or false");
  return {.tracker = *tracker->text(),
          .options = part(record, "options", where),
          .memory = part(record, "memory", where),
          .position = baton::track::position(record, "position", where),
          .attempted = baton::track::position(record, "attempted", where),
          .finished = *finished->boolean(),
          .refused = static_cast<std::int64_t>(count(record, "refused", where)),
          .undone = undone_of(record, where)};
}

std::filesystem::path note_path(const std::filesystem::path& run_folder, const std::string& key) {
  return run_folder / "trackers" / (key + ".json");
}

std::optional<TrackerNote> read_note(const std::filesystem::path& file) {
  std::error_code absent;
  if (!std::filesystem::exists(file, absent)) return std::nullopt;
  return TrackerNote::from_text(read_file(file), file.string());
}

void write_note(Disk& disk, const std::filesystem::path& file, const TrackerNote& note) {
  make_folders(disk, file.parent_path());
  swap_file(disk, file, json::dump_pretty(note.to_record()) + "\n");
}

}  // namespace baton::track
