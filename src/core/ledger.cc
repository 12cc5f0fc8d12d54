#include "baton/core/ledger.h"

#include "baton/core/errors.h"

#include <array>
#include <chrono>
#include <string>

namespace baton {
namespace {

constexpr std::array<std::string_view, kEventKindCount> kNames = {
    "on_init_end",           "on_train_begin",    "on_epoch_begin", "on_step_begin",  "on_substep_end",
    "on_pre_optimizer_step", "on_optimizer_step", "on_step_end",    "on_prepare_log", "on_log",
    "on_prediction_step",    "on_evaluate",       "on_predict",     "on_save",        "on_epoch_end",
    "on_train_end",          "on_exception",      "on_close",
};

std::size_t slot(std::size_t callback, EventKind kind) {
  return callback * kEventKindCount + static_cast<std::size_t>(kind);
}

}  // namespace

std::string_view event_name(EventKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

std::int64_t SteadyClock::now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

Ledger::Ledger(Clock& clock, std::int64_t sample_every) : clock_(clock), sample_every_(sample_every) {
  if (sample_every < 1) {
    throw ConfigError("the ledger's sample_every is " + std::to_string(sample_every) + ", expected 1 or more");
  }
}

void Ledger::add(std::size_t callback, EventKind kind, std::int64_t ns) {
  EventCost& timed = cost(callback, kind);
  ++timed.timed_calls;
  timed.ns += ns;
}

EventCost Ledger::at(std::size_t callback, EventKind kind) const {
  const std::size_t index = slot(callback, kind);
  return index < costs_.size() ? costs_[index] : EventCost{};
}

EventCost& Ledger::cost(std::size_t callback, EventKind kind) {
  const std::size_t index = slot(callback, kind);
  if (index >= costs_.size()) costs_.resize((callback + 1) * kEventKindCount);
  return costs_[index];
}

}  // namespace baton
