// Usage: feed SCRIPT MEMORY. Feeds the entries in SCRIPT (JSON) to MLflow as the environment says, as a tracker's
// worker would, from where the store says that it holds them. MEMORY is the file of what the tracker remembers. After
// each portion it prints "stored N". Ends with 75 after a temporary fault, with 76 after a lasting one.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "src/base/files.h"
#include "src/base/json.h"
#include "src/track/mlflow/make_mlflow.h"

namespace {

using baton::Record;
using baton::Value;
using baton::track::Entry;
using baton::track::EntryKind;
using baton::track::Fault;
using baton::track::Status;

constexpr std::size_t kPortion = 50;

class Printed final : public baton::track::Remarks {
 public:
  void remark(std::string_view id, std::string text) override { std::cout << "remark " << id << ": " << text << "\n"; }
};

const Record& record_at(const Record& script, const char* key) { return *script.find(key)->record(); }
const std::string& text_at(const Record& record, const char* key) { return *record.find(key)->text(); }
std::int64_t integer_at(const Record& record, const char* key) { return *record.find(key)->integer(); }

EntryKind kind_of(const std::string& name) {
  for (int number = 1;; ++number) {
    const auto kind = static_cast<EntryKind>(number);
    if (entry_name(kind) == name || entry_name(kind) == "unknown") return kind;
  }
}

std::vector<Entry> entries_in(const Record& script) {
  std::vector<Entry> entries;
  for (const Value& item : *script.find("entries")->list()) {
    const Record& one = *item.record();
    entries.push_back({kind_of(text_at(one, "kind")), 0, static_cast<std::uint64_t>(integer_at(one, "sequence")),
                       integer_at(one, "time_ns"), integer_at(one, "step"), record_at(one, "values")});
  }
  return entries;
}

int exit_code(const Status& status) {
  if (status.ok()) return 0;
  std::cout << "fault " << status.reason << std::endl;
  return status.fault == Fault::kTemporary ? 75 : 76;
}

Status feed(baton::track::Tracker& tracker, std::span<const Entry> entries) {
  while (!entries.empty()) {
    const auto delivery = tracker.write(entries.first(std::min(kPortion, entries.size())));
    entries = entries.subspan(delivery.stored);
    std::cout << "stored " << (entries.empty() ? 0 : entries.front().sequence - 1) << std::endl;
    if (delivery.status.fault == Fault::kRefused) {
      std::cout << "refused " << delivery.status.reason << std::endl;
      entries = entries.subspan(1);
    } else if (!delivery.status.ok()) {
      return delivery.status;
    }
  }
  return {};
}

Status run(const Record& script, Record& memory) {
  const Record& about = record_at(script, "run");
  const baton::track::RunInfo info{.id = text_at(about, "id"),
                                   .name = text_at(about, "name"),
                                   .project = "",
                                   .output_dir = text_at(about, "folder"),
                                   .folder = text_at(about, "folder"),
                                   .start_ns = integer_at(about, "start_ns")};
  Printed remarks;
  const baton::ProcessEnvironment environment;
  const auto tracker = baton::track::make_mlflow(baton::MLflowOptions::from_env(environment), environment);
  if (Status status = tracker->start(info, remarks, memory); !status.ok()) return status;
  const std::uint64_t stored = tracker->stored().value_or(baton::track::Position{}).sequence;
  std::vector<Entry> entries = entries_in(script);
  std::erase_if(entries, [&](const Entry& entry) { return entry.sequence <= stored; });
  if (Status status = feed(*tracker, entries); !status.ok()) return status;
  const std::string end = text_at(script, "finish");
  if (end == "rewound") return tracker->reset({});
  if (end.empty()) return {};
  using baton::RunStatus;
  const auto status = end == "failed"   ? RunStatus::kFailed
                      : end == "killed" ? RunStatus::kKilled
                                        : RunStatus::kFinished;
  return tracker->finish(status, integer_at(about, "end_ns"));
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  const std::filesystem::path memory_file = words[2];
  Record memory;
  if (std::filesystem::exists(memory_file))
    memory = *baton::json::parse(baton::read_file(memory_file), words[2]).record();
  const Value script = baton::json::parse(baton::read_file(words[1]), words[1]);
  const Status status = run(*script.record(), memory);
  baton::write_file(memory_file, baton::json::dump(memory));
  return exit_code(status);
}
