// Small callbacks that tests of the loop put into a run.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/fakes/every_event_callback.h"

namespace baton::fakes {

/// What CrashAt throws, as if the process had died there.
class Crash : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws at every event of that kind at that global_step.
class CrashAt final : public EveryEventCallback {
 public:
  CrashAt(EventKind kind, std::int64_t step) : kind_(kind), step_(step) {}
  void on_event(EventKind kind, Event& event, const Record*) override {
    if (kind == kind_ && event.state.global_step == step_) {
      throw Crash(std::string(event_name(kind)) + " at step " + std::to_string(step_));
    }
  }

 private:
  EventKind kind_;
  std::int64_t step_;
};

/// Writes one flag at every event of that kind at that global_step.
class SetFlagAt final : public EveryEventCallback {
 public:
  SetFlagAt(EventKind kind, std::int64_t step, bool TrainerControl::*flag, bool value)
      : kind_(kind), step_(step), flag_(flag), value_(value) {}
  std::string name() const override { return "SetFlagAt"; }
  void on_event(EventKind kind, Event& event, const Record*) override {
    if (kind == kind_ && event.state.global_step == step_) event.control.*flag_ = value_;
  }

 private:
  EventKind kind_;
  std::int64_t step_;
  bool TrainerControl::*flag_;
  bool value_;
};

/// Stateful: has a tag from its constructor and counts updates.
class Counter : public TrainerCallback, public StatefulCallback {
 public:
  explicit Counter(std::string tag = "") : tag_(std::move(tag)) {}
  void on_step_end(StepEvent&) override { ++count_; }

  std::string state_key() const override { return "Counter"; }
  CallbackState state() const override { return {{{"tag", tag_}}, {{"count", count_}}}; }
  void restore(const CallbackState& state) override {
    tag_ = *state.args.find("tag")->text();
    count_ = *state.attributes.find("count")->integer();
  }

  const std::string& tag() const { return tag_; }
  std::int64_t count() const { return count_; }

 private:
  std::string tag_;
  std::int64_t count_ = 0;
};

/// The same under another key.
class OtherCounter final : public Counter {
 public:
  std::string state_key() const override { return "OtherCounter"; }
};

}  // namespace baton::fakes
