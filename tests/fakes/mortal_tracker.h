// MortalTracker: stands before a tracker; hands on few entries at once, and fails or crashes at a chosen call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "baton/track/tracker.h"

namespace baton::fakes {

/// The process ends here; nothing of it runs any more.
struct Crash : std::runtime_error {
  Crash() : std::runtime_error("crash") {}
};

/// What a dead process leaves in its memory is kept in `grave`, so that no destructor writes anything.
class MortalTracker final : public track::Tracker {
 public:
  struct Fate {
    std::size_t most_at_once = 1000;
    int crash_at = 0;  ///< counts the moments before and after each call from 1; 0: never
    int fail_at = 0;   ///< so does this one, but only what may fail does, and nothing has been done then
    int moments = 0;
    bool has_failed = false;
    std::vector<std::shared_ptr<track::Tracker>> grave{};
  };

  MortalTracker(std::shared_ptr<track::Tracker> inner, Fate& fate) : inner_(std::move(inner)), fate_(fate) {}

  std::string name() const override { return inner_->name(); }
  Record options() const override { return inner_->options(); }
  track::RewindMeans rewind_means() const override { return inner_->rewind_means(); }
  bool takes_artifacts() const override { return inner_->takes_artifacts(); }
  track::Status start(const track::RunInfo& run, track::Remarks& remarks, Record& memory) override {
    return between([&] { return inner_->start(run, remarks, memory); });
  }
  std::optional<track::Position> stored() override {
    return between([&] { return inner_->stored(); });
  }
  track::Delivery write(std::span<const track::Entry> entries) override {
    return between([&] { return inner_->write(entries.first(std::min(entries.size(), fate_.most_at_once))); });
  }
  track::Status reset(const track::Entry& rewind) override {
    return between([&] { return inner_->reset(rewind); });
  }
  track::Status flush() override {
    return between([&] { return inner_->flush(); });
  }
  track::Status finish(RunStatus status, std::int64_t time_ns) override {
    return between([&] { return inner_->finish(status, time_ns); });
  }

 private:
  template <class Call>
  std::invoke_result_t<Call> between(const Call& call) {
    using Result = std::invoke_result_t<Call>;
    live_on();
    if constexpr (!std::is_same_v<Result, std::optional<track::Position>>) {
      if (fate_.moments == fate_.fail_at) return fail(Result{});
    }
    Result result = call();
    live_on();
    return result;
  }
  track::Status fail(const track::Status&) {
    fate_.has_failed = true;
    return track::Status::temporary("down");
  }
  track::Delivery fail(const track::Delivery&) { return {0, fail(track::Status{})}; }
  void live_on() {
    if (++fate_.moments != fate_.crash_at) return;
    fate_.grave.push_back(inner_);
    throw Crash();
  }

  std::shared_ptr<track::Tracker> inner_;
  Fate& fate_;
};

}  // namespace baton::fakes
