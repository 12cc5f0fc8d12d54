#include "baton/core/ledger.h"

#include <numeric>
#include <string>
#include <utility>

#include "baton/core/errors.h"

namespace baton {
namespace {

constexpr double kSecondsPerNs = 1e-9;
constexpr std::array<std::string_view, kPhaseCount> kPhaseNames = {"data", "forward",  "backward", "optimizer",
                                                                   "log",  "evaluate", "save",     "other"};

}  // namespace

std::string_view phase_name(Phase phase) { return kPhaseNames.at(static_cast<std::size_t>(phase)); }

double CallbackTime::total() const { return std::accumulate(by_event.begin(), by_event.end(), 0.0); }

double TimeReport::of_callbacks() const {
  double sum = 0.0;
  for (const CallbackTime& callback : callbacks) sum += callback.total();
  return sum;
}

Ledger::Ledger(Clock& clock, std::int64_t sample_every) : clock_(clock), sample_every_(sample_every) {
  if (sample_every < 1) {
    throw ConfigError("the ledger's sample_every is " + std::to_string(sample_every) + ", expected 1 or more");
  }
  begin_run();
}

void Ledger::begin_run() {
  phases_ = {};
  for (CallbackAccounts& callback : callbacks_) callback.by_event = {};
  steps_ = next_timed_ = 0;
  timing_ = true;
  sampling_ = false;
  begin_ns_ = last_lap_ns_ = clock_.now_ns();
}

void Ledger::begin_step() {
  const bool first = steps_ == 0;
  const bool timed = steps_ == next_timed_;
  if (timed) next_timed_ += first ? 1 : sample_every_;
  ++steps_;
  turn_to(timed, !first);  // the first one makes what the others reuse, so it stands for none of them
}

void Ledger::end_steps() { turn_to(true, false); }

void Ledger::turn_to(bool timing, bool sampling) {
  lap(Phase::kOther);
  if (timing && !timing_) last_lap_ns_ = clock_.now_ns();
  timing_ = timing;
  sampling_ = sampling;
}

std::size_t Ledger::add_callback(std::string name) {
  callbacks_.push_back({std::move(name), {}});
  return callbacks_.size() - 1;
}

void Ledger::book(Account& account) {
  const std::int64_t now = clock_.now_ns();
  (sampling_ ? account.sampled : account.in_full) += now - last_lap_ns_;
  last_lap_ns_ = now;
}

Ledger::Account Ledger::sum() const {
  Account sum;
  const auto add = [&](const Account& account) {
    sum.in_full += account.in_full;
    sum.sampled += account.sampled;
  };
  for (const Account& phase : phases_) add(phase);
  for (const CallbackAccounts& callback : callbacks_) {
    for (const Account& event : callback.by_event) add(event);
  }
  return sum;
}

TimeReport Ledger::report() {
  lap(Phase::kOther);
  const std::int64_t total = clock_.now_ns() - begin_ns_;
  const Account booked = sum();
  const auto steps = static_cast<double>(total - booked.in_full);  // but for the first one
  const double share = booked.sampled > 0 ? steps / static_cast<double>(booked.sampled) : 0.0;
  const auto seconds = [&](const Account& account) {
    return (static_cast<double>(account.in_full) + static_cast<double>(account.sampled) * share) * kSecondsPerNs;
  };

  TimeReport report;
  report.total = static_cast<double>(total) * kSecondsPerNs;
  for (std::size_t i = 0; i < kPhaseCount; ++i) report.phases[i] = seconds(phases_[i]);
  if (booked.sampled == 0) report.phases.back() += steps * kSecondsPerNs;
  for (const CallbackAccounts& callback : callbacks_) {
    CallbackTime& time = report.callbacks.emplace_back(CallbackTime{callback.name, {}});
    for (std::size_t i = 0; i < kEventKindCount; ++i) time.by_event[i] = seconds(callback.by_event[i]);
  }
  return report;
}

}  // namespace baton
