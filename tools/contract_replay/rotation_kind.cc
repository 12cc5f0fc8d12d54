// Kind rotation: what a limit leaves, in which order checkpoints come, which is the newest.
#include "baton/core/rotation.h"
#include "tools/contract_replay/kinds.h"

#include <algorithm>

namespace baton::replay {
namespace {

struct Listing {
  std::vector<std::string> names;            ///< of everything
  std::vector<CheckpointEntry> checkpoints;  ///< folders that count
  std::filesystem::path best;
};

bool flag(const Record& record, std::string_view key) { return record.contains(key) && record.number(key) != 0.0; }

Listing listing_of(const Record& row, bool with_times) {
  Listing listing;
  for (const Value& item : *row.find("entries")->list()) {
    const Record& entry = *item.record();
    const std::string& name = *entry.find("name")->text();
    listing.names.push_back(name);
    const auto step = checkpoint_step(name);
    if (flag(entry, "file") || !step) continue;
    const double time = with_times && entry.contains("mtime") ? entry.number("mtime") : 0.0;
    listing.checkpoints.push_back({.path = name, .step = *step, .modified = time});
  }
  if (const Value* best = row.find("best"); best != nullptr && best->text() != nullptr) listing.best = *best->text();
  return listing;
}

Value rotated(const Record& row) {
  const Listing listing = listing_of(row, true);
  const Value* limit = row.find("limit");
  const bool is_limited = limit != nullptr && limit->is_integer();
  const auto doomed = rotation_plan(listing.checkpoints, is_limited ? *limit->integer() : 0, listing.best);
  std::vector<std::string> left;
  for (const std::string& name : listing.names) {
    if (std::find(doomed.begin(), doomed.end(), name) == doomed.end()) left.push_back(name);
  }
  std::sort(left.begin(), left.end());
  return Value::List(left.begin(), left.end());
}

Value sorted(const Record& row) {
  const Listing listing = listing_of(row, flag(row, "by_time"));
  Value::List names;
  for (const auto& entry : sort_checkpoints(listing.checkpoints, listing.best)) names.emplace_back(entry.path.string());
  return names;
}

Value newest(const Record& row) {
  const auto path = newest_checkpoint(listing_of(row, true).checkpoints);
  return path ? Value(path->string()) : Value();
}

}  // namespace

Value replay_rotation(const Record& test_case) {
  const std::string& what = *test_case.find("what")->text();
  const auto answer = what == "rotate" ? rotated : what == "sort" ? sorted : newest;
  Value::List answers;
  for (const Value& row : *test_case.find("rows")->list()) answers.push_back(answer(*row.record()));
  return Record{{"rows", std::move(answers)}};
}

}  // namespace baton::replay
