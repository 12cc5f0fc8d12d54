// Usage: dvclive_replay FILE. Plays a run that FILE tells, as JSON, to the DVCLive tracker, as a process that writes
// for it would: {"options", "run", "folder", "memory", "entries": [{"kind", "step", "values"}], "finish",
// "kill_after"}. Prints the tracker's memory. "kill_after" ends the process, without a chance to tidy up, after so many
// entries.
#include <csignal>
#include <cstdint>
#include <iostream>
#include <vector>

#include "src/base/files.h"
#include "src/base/json.h"
#include "src/track/dvclive/dvclive_tracker.h"

namespace {

using baton::Record;
using baton::Value;
using namespace baton::track;

constexpr std::int64_t kStart = 1'700'000'000'000'000'000;

class PrintedRemarks final : public Remarks {
 public:
  void remark(std::string_view, std::string text) override { std::cerr << text << '\n'; }
};

std::string text(const Record& record, std::string_view key) {
  const Value* value = record.find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

Record record(const Record& of, std::string_view key) {
  const Value* value = of.find(key);
  return value != nullptr ? *value->record() : Record{};
}

EntryKind kind_of(const std::string& name) {
  for (const EntryKind kind : {EntryKind::kParams, EntryKind::kLog, EntryKind::kImage, EntryKind::kArtifact}) {
    if (entry_name(kind) == name) return kind;
  }
  throw baton::Error("No such kind of entry: " + name);
}

void expect_ok(const Status& status) {
  if (!status.ok()) throw baton::Error(status.reason);
}

void play(const Record& script) {
  const auto tracker = make_dvclive(record(script, "options"), baton::ProcessEnvironment());
  const Record identity = record(script, "run");
  const RunInfo run{text(identity, "id"), text(identity, "name"), {}, {}, text(script, "folder"), kStart, 0};
  Record memory = record(script, "memory");
  PrintedRemarks remarks;
  expect_ok(tracker->start(run, remarks, memory));
  std::uint64_t sequence = 0;
  for (const Value& item : *script.find("entries")->list()) {
    const Entry entry{kind_of(text(*item.record(), "kind")),
                      0,
                      ++sequence,
                      kStart,
                      static_cast<std::int64_t>(item.record()->number("step")),
                      record(*item.record(), "values")};
    expect_ok(tracker->write(std::span(&entry, 1)).status);
    if (static_cast<double>(sequence) == script.number("kill_after")) std::raise(SIGKILL);
  }
  if (!text(script, "finish").empty()) expect_ok(tracker->finish(baton::RunStatus::kFinished, kStart));
  std::cout << baton::json::dump(memory) << '\n';
}

}  // namespace

int main(int count, char** words) try {
  if (count != 2) throw baton::Error("Usage: dvclive_replay FILE");
  play(*baton::json::parse(baton::read_file(words[1]), words[1]).record());
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
