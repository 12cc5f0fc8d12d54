// FakeTracker: a tracker whose sink a test looks into, and whose faults it chooses.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "baton/track/tracker.h"
#include "tests/fakes/recording_remarks.h"

namespace baton::fakes {

/// What a service, or files, hold; it stays when a process dies.
struct FakeSink {
  std::vector<track::Entry> entries;
  int starts = 0;
  int resets = 0;
  std::optional<RunStatus> ended;
  track::RewindMeans means = track::RewindMeans::kAppendOnly;
  bool tells_position = false;  ///< whether stored() answers
  bool keeps_equal_once = false;
  bool loses_answers = false;  ///< of write(), which is done all the same
  /// Asked at each call by its name, "start", "write", "reset", "flush", "finish".
  std::function<track::Status(const std::string& call)> fault = [](const std::string&) { return track::Status{}; };
  std::size_t most_at_once = 1000;

  std::vector<std::int64_t> steps() const {
    std::vector<std::int64_t> steps;
    for (const track::Entry& entry : entries) steps.push_back(entry.step);
    return steps;
  }
};

class FakeTracker final : public track::Tracker {
 public:
  explicit FakeTracker(FakeSink& sink, std::string name = "fake") : sink_(sink), name_(std::move(name)) {}

  std::string name() const override { return name_; }
  Record options() const override { return {{"sink", "fake"}}; }
  track::RewindMeans rewind_means() const override { return sink_.means; }
  track::Status start(const track::RunInfo&, track::Remarks&, Record& memory) override {
    if (track::Status status = sink_.fault("start"); !status.ok()) return status;
    ++sink_.starts;
    memory.set("starts", std::int64_t{sink_.starts});
    sink_.ended.reset();
    return {};
  }
  std::optional<track::Position> stored() override {
    if (!sink_.tells_position) return std::nullopt;
    return sink_.entries.empty() ? track::Position{} : sink_.entries.back().position();
  }
  track::Delivery write(std::span<const track::Entry> entries) override {
    const std::size_t count = std::min(entries.size(), sink_.most_at_once);
    if (track::Status status = sink_.fault("write"); !status.ok()) return {0, status};
    for (const track::Entry& entry : entries.first(count)) {
      const bool is_there = std::find(sink_.entries.begin(), sink_.entries.end(), entry) != sink_.entries.end();
      if (!is_there || !sink_.keeps_equal_once) sink_.entries.push_back(entry);
    }
    if (sink_.loses_answers) return {0, track::Status::temporary("lost")};
    return {count, {}};
  }
  track::Status reset(const track::Entry&) override {
    if (track::Status status = sink_.fault("reset"); !status.ok()) return status;
    ++sink_.resets;
    if (sink_.means == track::RewindMeans::kRebuild) sink_.entries.clear();
    return {};
  }
  track::Status flush() override { return sink_.fault("flush"); }
  track::Status finish(RunStatus status, std::int64_t) override {
    if (track::Status fault = sink_.fault("finish"); !fault.ok()) return fault;
    sink_.ended = status;
    return {};
  }

 private:
  FakeSink& sink_;
  std::string name_;
};

}  // namespace baton::fakes
