#include "tests/fakes/loop_fixture.h"

#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "baton/core/rotation.h"
#include "src/base/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace baton::fakes {

namespace fs = std::filesystem;

namespace {

/// `series` without its first entries; the last one stays, for it repeats.
template <class T>
void drop_first(Series<T>& series, std::size_t count) {
  if (series.values.empty()) return;
  count = std::min(count, series.values.size() - 1);
  series.values.erase(series.values.begin(), series.values.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

LoopFixture::LoopFixture() { args.output_dir = folder_.path().string(); }

void LoopFixture::eval_losses(std::vector<double> losses) {
  DryEvalSet set{.samples = 64};
  for (const double loss : losses) set.losses.values.push_back({{}, loss});
  script.eval_sets = {{"", std::move(set)}};
}

void LoopFixture::set_flag(EventKind kind, std::int64_t step, bool TrainerControl::*flag, bool value) {
  callbacks.push_back(std::make_shared<SetFlagAt>(kind, step, flag, value));
}

TrainLoop& LoopFixture::start(const std::string& resume) {
  loop_.reset();
  if (recorder_) note_places();
  recorder_ = std::make_shared<EventRecorder>();
  begin_ = place_of(resume);
  engine_ = make_engine(rest_of_script());
  CallbackList all{std::make_shared<DefaultFlowCallback>()};
  all.insert(all.end(), callbacks.begin(), callbacks.end());
  all.push_back(recorder_);
  if (last_) all.push_back(last_);
  stop_request = {};
  store_.emplace(args.output_dir, disk);
  loop_ = std::make_unique<TrainLoop>(resolve(args), std::move(all),
                                      LoopParts{*engine_, *store_, notices, clock, ledger ? &*ledger : nullptr,
                                                keep_history, overrides, trial, &stop_request});
  return *loop_;
}

TrainOutput LoopFixture::train(const std::string& resume) {
  output_ = start(resume).train(resume);
  return output_;
}

void LoopFixture::crash(EventKind kind, std::int64_t step, const std::string& resume) {
  last_ = std::make_shared<CrashAt>(kind, step);
  EXPECT_THROW(train(resume), Crash) << event_name(kind) << " never came at step " << step;
  last_.reset();
}

void LoopFixture::stop(EventKind kind, std::int64_t step, const std::string& resume) {
  EXPECT_THROW(train_and_ask(kind, step, resume), Stopped) << "asked in " << event_name(kind) << " at step " << step;
  last_.reset();
}

TrainOutput LoopFixture::train_and_ask(EventKind kind, std::int64_t step, const std::string& resume) {
  last_ = std::make_shared<AskAt>(kind, step, stop_request);
  TrainOutput output = train(resume);
  last_.reset();
  return output;
}

std::string LoopFixture::events() const {
  std::vector<SeenEvent> events = seen();
  std::erase_if(events, [](const SeenEvent& event) { return event.kind == EventKind::kClose; });
  return events_text(events);
}

Steps LoopFixture::steps(EventKind kind) const {
  Steps steps;
  for (const SeenEvent& event : seen()) {
    if (event.kind == kind) steps.push_back(event.step);
  }
  return steps;
}

Steps LoopFixture::logs() const {
  Steps steps;
  for (const SeenEvent& event : seen()) {
    if (event.kind == EventKind::kLog && event.record.contains("loss")) steps.push_back(event.step);
  }
  return steps;
}

std::vector<double> LoopFixture::logged(const std::string& key) const {
  std::vector<double> values;
  for (const LogRecord& entry : state().log_history) {
    if (entry.contains(key)) values.push_back(entry.number(key));
  }
  return values;
}

std::vector<std::string> LoopFixture::folders() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

SavedRun LoopFixture::saved(std::int64_t step) const {
  const CheckpointFolder store(folder());
  return store.read(store.path_of_step(step));
}

void LoopFixture::make_foreign(std::int64_t step) {
  const fs::path checkpoint = CheckpointFolder(folder()).path_of_step(step);
  EXPECT_TRUE(fs::remove(checkpoint / "baton_state.json"));
  EXPECT_TRUE(fs::remove(checkpoint / "training_args.json"));
  EXPECT_TRUE(fs::remove(checkpoint / "manifest.json"));
}

void LoopFixture::note_places() {
  Place place = begin_;
  std::size_t set_evaluations = 0;
  for (const SeenEvent& event : recorder_->seen) {
    place.micros += event.kind == EventKind::kSubstepEnd || event.kind == EventKind::kStepEnd ? 1 : 0;
    set_evaluations += event.kind == EventKind::kEvaluate ? 1 : 0;
    if (event.kind != EventKind::kSave) continue;
    place.evaluations = begin_.evaluations + set_evaluations / std::max<std::size_t>(script.eval_sets.size(), 1);
    places_[event.step] = place;
  }
}

LoopFixture::Place LoopFixture::place_of(const std::string& resume) const {
  if (resume.empty()) return {};
  const fs::path checkpoint =
      resume == "true" ? newest_checkpoint(CheckpointFolder(folder()).list()).value_or("") : fs::path(resume);
  const auto found = places_.find(checkpoint_step(checkpoint.filename().string()).value_or(-1));
  return found == places_.end() ? Place{} : found->second;
}

DryScript LoopFixture::rest_of_script() const {
  DryScript rest = script;
  rest.train_batch_size = args.per_device_train_batch_size;
  rest.eval_batch_size = args.per_device_eval_batch_size;
  rest.drop_last = args.dataloader_drop_last;
  drop_first(rest.micro_losses, begin_.micros);
  drop_first(rest.micro_grads, begin_.micros);
  for (auto& [name, set] : rest.eval_sets) {
    drop_first(set.losses, begin_.evaluations);
    for (auto& [metric, values] : set.metrics) drop_first(values, begin_.evaluations);
  }
  return rest;
}

std::vector<std::string> timeless(const std::vector<LogRecord>& history) {
  std::vector<std::string> lines;
  for (const LogRecord& entry : history) {
    std::vector<Record::Item> items(entry.begin(), entry.end());
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Record kept;
    for (const auto& [key, value] : items) {
      if (!key.ends_with("_runtime") && !key.ends_with("_per_second")) kept.set(key, value);
    }
    lines.push_back(json::dump(kept));
  }
  return lines;
}

}  // namespace baton::fakes
