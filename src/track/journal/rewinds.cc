#include "src/track/journal/rewinds.h"

#include <iterator>

#include "src/track/journal/reader.h"

namespace baton::track {
namespace {

bool has_step(EntryKind kind) {
  switch (kind) {
    case EntryKind::kLog:
    case EntryKind::kPredict:
    case EntryKind::kText:
    case EntryKind::kHistogram:
    case EntryKind::kImage:
    case EntryKind::kCheckpoint:
    case EntryKind::kArtifact:
      return true;
    default:
      return false;
  }
}

bool undoes(const Rewind& rewind, const Entry& entry) {
  if (rewind.generation <= entry.generation) return false;
  return rewind.after ? entry.sequence > *rewind.after : entry.step > rewind.step;
}

}  // namespace

void Rewinds::add(const Entry& entry) {
  if (entry.kind != EntryKind::kRewind) return;
  Rewind rewind{entry.sequence, entry.generation, entry.step, {}};
  if (const Value* after = entry.values.find("after"); after != nullptr && after->integer() != nullptr) {
    rewind.after = static_cast<std::uint64_t>(*after->integer());
  }
  all_.push_back(rewind);
}

const Rewind* Rewinds::undone_by(const Entry& entry) const {
  if (!has_step(entry.kind)) return nullptr;
  for (const Rewind& rewind : all_) {
    if (undoes(rewind, entry)) return &rewind;
  }
  return nullptr;
}

std::uint64_t JournalOutline::end_of(std::uint32_t generation) const {
  const auto later = ends.upper_bound(generation);
  return later == ends.begin() ? 0 : std::prev(later)->second;
}

JournalOutline outline_of(const std::filesystem::path& folder) {
  JournalOutline outline;
  for_each_entry(folder, [&](const Entry& entry) {
    outline.rewinds.add(entry);
    outline.last_sequence = outline.ends[entry.generation] = entry.sequence;
    if (entry.kind == EntryKind::kFinish) outline.finish = entry;
    if (entry.kind == EntryKind::kBegin) outline.finish.reset();
  });
  return outline;
}

}  // namespace baton::track
