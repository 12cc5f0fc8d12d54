// Whatever a run looks like and wherever it dies or is asked to stop: resumed from its newest checkpoint it ends as if
// nothing had happened. Left out is what DIFFERENCES.md leaves out: an epoch_end without an epoch strategy (D20), and
// dying after the last update (D2, D22). A stop leaves out nothing.
#include "baton/callbacks/early_stopping.h"
#include "src/base/json.h"
#include "tests/fakes/loop_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>

namespace baton {
namespace {

using fakes::LoopFixture;
using fakes::SeenEvent;

constexpr unsigned kRuns = 150;

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  int between(int first, int last) { return first + below(last - first + 1); }
  bool one_in(int n) { return below(n) == 0; }
  template <class T>
  T any_of(std::initializer_list<T> choices) {
    return choices.begin()[below(static_cast<int>(choices.size()))];
  }

 private:
  std::mt19937 random_;
};

double any_cadence(Dice& dice) { return dice.one_in(4) ? dice.any_of({.125, .25, .3}) : dice.between(1, 6); }

void draw_arguments(Dice& dice, TrainingArguments& args) {
  args.per_device_train_batch_size = dice.between(1, 4);
  args.gradient_accumulation_steps = dice.between(1, 3);
  args.num_train_epochs = dice.any_of({1.0, 2.0, 2.5, 3.0});
  if (dice.one_in(3)) args.max_steps = dice.between(2, 15);
  args.logging_strategy = dice.any_of({LoggingStrategy::kSteps, LoggingStrategy::kSteps, LoggingStrategy::kEpoch});
  args.logging_steps = any_cadence(dice);
  args.logging_first_step = dice.one_in(3);
  args.logging_nan_inf_filter = dice.one_in(2);
  args.include_num_input_tokens_seen = dice.any_of({TokenCounting::kNo, TokenCounting::kAll});
  args.eval_strategy = dice.any_of({EvalStrategy::kNo, EvalStrategy::kSteps, EvalStrategy::kEpoch});
  args.eval_steps = any_cadence(dice);
  args.eval_delay = dice.one_in(4) ? dice.between(1, 4) : 0;
  args.eval_on_start = dice.one_in(4);
  args.save_strategy =
      dice.any_of({SaveStrategy::kSteps, SaveStrategy::kSteps, SaveStrategy::kEpoch, SaveStrategy::kBest});
  args.save_steps = dice.one_in(3) ? 2 * *args.eval_steps : any_cadence(dice);
  args.save_total_limit = dice.below(4);
  args.load_best_model_at_end = dice.one_in(2);
  if (dice.one_in(2)) args.metric_for_best_model = "loss";
  args.lr_scheduler_type = dice.any_of({LrSchedulerType::kLinear, LrSchedulerType::kCosine,
                                        LrSchedulerType::kConstantWithWarmup, LrSchedulerType::kReduceLrOnPlateau});
  if (args.lr_scheduler_type == LrSchedulerType::kReduceLrOnPlateau) args.lr_scheduler_kwargs = {{"patience", 0}};
  args.warmup_steps = dice.below(4);
}

void draw_script(Dice& dice, LoopFixture& run) {
  run.script.train_samples = dice.between(1, 24);
  run.script.sized = !dice.one_in(4);
  if (!run.script.sized) run.args.max_steps = dice.between(2, 15);
  run.script.tokens_per_sample = 3;
  for (int i = 0; i < 100; ++i) {
    const bool broken = dice.one_in(12);
    run.script.micro_losses.values.push_back(broken ? std::nanf("") : static_cast<float>(dice.below(64)) / 8.0F);
    run.script.micro_grads.values.push_back(static_cast<float>(dice.between(-8, 8)));
  }
  std::vector<double> losses;
  for (int i = 0; i < 40; ++i) losses.push_back(dice.below(32));
  run.eval_losses(losses);
  run.script.eval_sets.front().second.samples = dice.between(1, 20);
}

/// Flags that a callback sets out of turn.
struct ExtraFlag {
  EventKind kind;
  std::int64_t step;
  bool TrainerControl::*flag;
  bool value;
};

std::vector<ExtraFlag> draw_flags(Dice& dice, const TrainingArguments& args) {
  std::vector<ExtraFlag> flags;
  const bool evaluates = args.eval_strategy != EvalStrategy::kNo;
  for (int i = dice.below(4); i > 0; --i) {
    flags.push_back({dice.any_of({EventKind::kStepBegin, EventKind::kSubstepEnd, EventKind::kStepEnd}),
                     dice.between(1, 12),
                     dice.any_of({&TrainerControl::should_log, &TrainerControl::should_save,
                                  evaluates ? &TrainerControl::should_evaluate : &TrainerControl::should_log}),
                     !dice.one_in(4)});
  }
  return flags;
}

/// One random run; the same for the same seed.
class RandomRun : public LoopFixture {
 public:
  explicit RandomRun(unsigned seed) {
    for (Dice dice(seed);;) {
      draw_arguments(dice, args);
      args.output_dir = folder().string();
      draw_script(dice, *this);
      flags_ = draw_flags(dice, args);
      patience_ = dice.one_in(2) && args.metric_for_best_model && args.eval_strategy != EvalStrategy::kNo
                      ? dice.between(1, 3)
                      : 0;
      if (is_possible()) return;
      args = {};
      script = {};
    }
  }

  /// What a new process would have: callbacks that know nothing.
  RandomRun& with_fresh_callbacks() {
    callbacks = {std::make_shared<fakes::Counter>("first"), std::make_shared<fakes::Counter>("second")};
    if (patience_ > 0) callbacks.push_back(std::make_shared<EarlyStoppingCallback>(patience_));
    for (const ExtraFlag& f : flags_) set_flag(f.kind, f.step, f.flag, f.value);
    return *this;
  }

  bool has_epoch_strategy() const {
    return args.logging_strategy == LoggingStrategy::kEpoch || args.eval_strategy == EvalStrategy::kEpoch ||
           args.save_strategy == SaveStrategy::kEpoch;
  }

 private:
  bool is_possible() const {
    TrainingArguments complete = with_dependent_defaults(args);
    return argument_problems(complete).empty() && data_problems(complete, {.has_eval_data = true}).empty();
  }

  std::vector<ExtraFlag> flags_;
  int patience_ = 0;
};

std::string folder_name(const std::optional<std::string>& path) {
  return path ? std::filesystem::path(*path).filename().string() : "none";
}

std::string text_of(const SeenEvent& event) {
  std::string text = std::string(event_name(event.kind)) + " at " + std::to_string(event.step) + ", epoch " +
                     std::to_string(event.epoch) + ", best " + folder_name(event.best_model_checkpoint) + ", ";
  const TrainerControl& flags = event.flags;
  for (const bool flag : {flags.should_training_stop, flags.should_epoch_stop, flags.should_save, flags.should_evaluate,
                          flags.should_log}) {
    text += flag ? "1" : "0";
  }
  return text + " " + fakes::timeless({event.record}).front();
}

/// Everything a state holds but times; the folder of a run counts for nothing.
std::string text_of(TrainerState state) {
  const std::vector<std::string> history = fakes::timeless(state.log_history);
  state.log_history.clear();
  if (state.best_model_checkpoint) state.best_model_checkpoint = folder_name(state.best_model_checkpoint);
  std::string text = state.to_json();
  for (const std::string& line : history) text += line + "\n";
  return text;
}

std::string text_wherever_best_is(TrainerState state) {
  state.best_model_checkpoint.reset();
  return text_of(std::move(state));
}

/// Wherever the best is. A finished run that is resumed has no reason to set should_training_stop (D2).
std::string text_after_stop(SeenEvent event) {
  event.best_model_checkpoint.reset();
  const bool is_of_end =
      event.kind == EventKind::kPrepareLog || event.kind == EventKind::kLog || event.kind == EventKind::kTrainEnd;
  if (is_of_end) event.flags.should_training_stop = false;
  return text_of(event);
}

/// A checkpoint to resume from. An epoch's last update may save twice: before its epoch_end, and after.
struct Point {
  std::string name;  ///< empty: from the start
  std::int64_t step = 0;
  bool before_epoch_end = false;
};

/// The place behind that save.
std::size_t after_save(const std::vector<SeenEvent>& events, const Point& point) {
  std::size_t after = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind != EventKind::kSave || events[i].step != point.step) continue;
    if (after == 0 || !point.before_epoch_end) after = i + 1;
  }
  return after;
}

/// What an uninterrupted run did, and how to compare another with it.
class Expectation {
 public:
  explicit Expectation(unsigned seed) : run_(seed) { run_.with_fresh_callbacks().train(); }

  RandomRun& run() { return run_; }

  void expect_same_end(RandomRun& other) {
    EXPECT_EQ(text_of(other.state()), text_of(run_.state()));
    EXPECT_EQ(json::dump(other.output().training_loss), json::dump(run_.output().training_loss));
    EXPECT_EQ(other.output().nonfinite_losses, run_.output().nonfinite_losses);
    EXPECT_EQ(other.engine().updates_in_weights(), run_.engine().updates_in_weights());
    EXPECT_EQ(other.folders(), run_.folders());
    for (const CheckpointEntry& entry : CheckpointFolder(run_.folder()).list()) {
      const SavedRun there = run_.saved(entry.step);
      const SavedRun here = other.saved(entry.step);
      EXPECT_EQ(text_of(here.state), text_of(there.state)) << "in checkpoint-" << entry.step;
      EXPECT_EQ(json::dump(here.loop->to_record()), json::dump(there.loop->to_record()));
    }
  }

  /// The same for a run whose checkpoints of `stops` are more than this run wrote. So its best weights may lie in
  /// another place, and what the state says about callbacks is from another save.
  void expect_same_end_after_stops(RandomRun& other, const std::set<std::int64_t>& stops) {
    const auto now = [](RandomRun& run) {
      TrainerState state = run.state();
      state.stateful_callbacks = run.loop().callbacks().export_states();
      state.stateful_callbacks.pop_back();  // the flags: see text_after_stop
      return text_wherever_best_is(state);
    };
    EXPECT_EQ(now(other), now(run_));
    EXPECT_EQ(json::dump(other.output().training_loss), json::dump(run_.output().training_loss));
    EXPECT_EQ(other.output().nonfinite_losses, run_.output().nonfinite_losses);
    EXPECT_EQ(other.engine().updates_in_weights(), run_.engine().updates_in_weights());
    for (const CheckpointEntry& entry : CheckpointFolder(run_.folder()).list()) {
      if (stops.contains(entry.step) || !std::filesystem::exists(other.folder() / entry.path.filename())) continue;
      const SavedRun there = run_.saved(entry.step);
      const SavedRun here = other.saved(entry.step);
      EXPECT_EQ(text_wherever_best_is(here.state), text_wherever_best_is(there.state)) << "checkpoint-" << entry.step;
      EXPECT_EQ(json::dump(here.loop->to_record()), json::dump(there.loop->to_record()));
    }
  }

  /// What the last process of `other` did is what this run did from the event number `there` on, but for the save of a
  /// stop. Returns the number of this run's event that comes next.
  std::size_t follow(RandomRun& other, std::size_t there) {
    std::size_t here = there == 0 ? 0 : 2;  // behind init_end and train_begin
    const auto& events = run_.seen();
    std::vector<SeenEvent> seen = other.seen();
    if (there > 0 && seen.at(here).kind == EventKind::kEpochBegin && events.at(there).kind != EventKind::kEpochBegin) {
      ++here;
    }
    std::erase_if(seen, [](const SeenEvent& event) { return event.kind == EventKind::kClose; });
    for (; here < seen.size(); ++here, ++there) {
      const bool is_of_stop = seen[here].kind == EventKind::kSave && events.at(there).kind != EventKind::kSave;
      if (is_of_stop && here + 1 == seen.size()) return there;
      EXPECT_EQ(text_after_stop(seen[here]), text_after_stop(events.at(there)));
      if (testing::Test::HasFailure()) return there;
    }
    return there;
  }

  /// From the checkpoint on, `resumed` did what this run did. Where an epoch had begun, it begins once more; an
  /// epoch_end that no strategy waits for is not made up for, unless a stream has to be read to know of it.
  void expect_same_events(RandomRun& resumed, const Point& point) {
    std::size_t here = 2;  // behind init_end and train_begin
    std::size_t there = after_save(run_.seen(), point);
    const auto kind = [](RandomRun& run, std::size_t at) {
      return at < run.seen().size() ? run.seen()[at].kind : EventKind::kClose;
    };
    const bool is_left_out = run_.script.sized && !run_.has_epoch_strategy();
    if (kind(run_, there) == EventKind::kEpochEnd && is_left_out) ++there;
    if (kind(resumed, here) == EventKind::kEpochBegin && kind(run_, there) != EventKind::kEpochBegin) ++here;
    for (; here < resumed.seen().size() && there < run_.seen().size(); ++here, ++there) {
      ASSERT_EQ(text_of(resumed.seen()[here]), text_of(run_.seen()[there]));
    }
    EXPECT_EQ(resumed.seen().size() - here, run_.seen().size() - there);
  }

 private:
  RandomRun run_;
};

/// Any event that comes after the first update since that checkpoint has begun, and before the last update has.
std::optional<SeenEvent> any_event(Dice& dice, RandomRun& run, const Point& point) {
  std::vector<std::size_t> starts;
  for (std::size_t i = after_save(run.seen(), point); i < run.seen().size(); ++i) {
    if (run.seen()[i].kind == EventKind::kStepBegin) starts.push_back(i);
  }
  if (starts.empty()) return std::nullopt;
  const int choices = static_cast<int>(starts.back() - starts.front()) + 1;
  return run.seen()[starts.front() + static_cast<std::size_t>(dice.below(choices))];
}

Point newest(RandomRun& run) {
  const auto checkpoint = newest_checkpoint(CheckpointFolder(run.folder()).list());
  if (!checkpoint) return {};
  const std::string name = checkpoint->filename().string();
  const std::int64_t step = *checkpoint_step(name);
  const LoopState loop = run.saved(step).loop.value();
  return {name, step, loop.epoch_end_owed || loop.stream_batches > 0};
}

/// Returns 1 if there was a checkpoint to resume from.
unsigned check_one(unsigned seed) {
  Expectation expected(seed);
  Dice dice(seed + 1);
  RandomRun run(seed);
  Point point;
  for (int deaths = dice.between(1, 3); deaths > 0; --deaths) {
    const auto fatal = any_event(dice, expected.run(), point);
    if (!fatal) break;
    run.with_fresh_callbacks().crash(fatal->kind, fatal->step, point.name);
    point = newest(run);
  }
  run.with_fresh_callbacks().train(point.name);
  expected.expect_same_end(run);
  if (!point.name.empty()) expected.expect_same_events(run, point);
  return point.name.empty() ? 0 : 1;
}

/// Any event of the run from number `from` on, as long as there is a stop to come after it: not behind the last
/// epoch_end.
std::optional<SeenEvent> any_event_before_a_stop(Dice& dice, const std::vector<SeenEvent>& events, std::size_t from) {
  std::size_t end = events.size();
  while (end > 0 && events[end - 1].kind != EventKind::kEpochEnd) --end;
  from = std::max<std::size_t>(from, 1);  // at init_end nobody listens
  if (from >= end) return std::nullopt;
  return events[from + static_cast<std::size_t>(dice.below(static_cast<int>(end - from)))];
}

/// Returns how often the run was stopped.
unsigned check_stops(unsigned seed) {
  Expectation expected(seed);
  Dice dice(seed + 1);
  RandomRun run(seed);
  std::set<std::int64_t> stops;
  std::string from;
  std::size_t next = 0;
  for (int wanted = dice.between(1, 4); wanted > 0; --wanted) {
    const auto asked = any_event_before_a_stop(dice, expected.run().seen(), next);
    if (!asked) break;
    run.with_fresh_callbacks().stop(asked->kind, asked->step, from);
    next = expected.follow(run, next);
    from = newest(run).name;
    stops.insert(run.state().global_step);
    if (testing::Test::HasFailure()) return 0;
  }
  run.with_fresh_callbacks().train(from);
  expected.follow(run, next);
  expected.expect_same_end_after_stops(run, stops);
  return static_cast<unsigned>(stops.size());
}

/// Checks that many random runs; `check` returns how often one was interrupted.
void check_all(unsigned (*check)(unsigned seed)) {
  const unsigned first = std::random_device()();
  unsigned resumed = 0;
  for (unsigned run = 0; run < kRuns && !testing::Test::HasFailure(); ++run) {
    SCOPED_TRACE("seed " + std::to_string(first + run));
    resumed += check(first + run);
  }
  EXPECT_GT(resumed, kRuns / 4) << "too few of these runs had a checkpoint to resume from";
}

TEST(Resume, EndsAsIfNothingHadHappened) { check_all(check_one); }

TEST(Resume, EndsAsIfNothingHadHappenedAfterStops) { check_all(check_stops); }

}  // namespace
}  // namespace baton
