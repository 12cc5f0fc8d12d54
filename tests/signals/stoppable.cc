// A program for tests that stop or kill a training, or do something to its trackers' servers: it trains and evaluates
// on scripted numbers, and waits in places for a line of input, so that it can happen right there. It says where it
// waits, and every event that matters.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baton/callbacks/lambda.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/core/command_line.h"
#include "baton/core/console_notices.h"
#include "baton/core/default_flow.h"
#include "baton/core/errors.h"
#include "baton/core/stop_signals.h"
#include "baton/core/train_loop.h"
#include "baton/track/report_to.h"
#include "baton/track/tracker_group.h"
#include "src/core/dry_engine.h"

namespace {

/// Says the place, then waits for a line of input if it is one to wait at.
class Waits {
 public:
  explicit Waits(std::vector<std::string> places) : places_(std::move(places)) {}
  void here(const std::string& place) const {
    std::cout << place << std::endl;
    std::string line;
    const bool waits = std::find(places_.begin(), places_.end(), place) != places_.end();
    if (waits && !std::getline(std::cin, line)) throw baton::Error("no line came at " + place);
  }

 private:
  std::vector<std::string> places_;
};

baton::LambdaEvents events(const Waits& waits) {
  baton::LambdaEvents events;
  events.on_step_begin = [&](baton::StepEvent& event) {
    const std::string step = std::to_string(event.state.global_step + 1);
    waits.here("step " + step);
    waits.here("in step " + step);
  };
  events.on_prepare_log = [](baton::PrepareLogEvent& event) {  // a curve that tells one step from another
    event.logs.set("wave", std::sin(static_cast<double>(event.state.global_step)));
  };
  events.on_prediction_step = [&](baton::PredictionStepEvent&) { waits.here("batch"); };
  events.on_train_end = [&](baton::TrainEvent&) { waits.here("train_end"); };
  events.on_exception = [&](baton::ExceptionEvent&) { waits.here("exception"); };
  events.on_close = [&](baton::CloseEvent& event) {
    waits.here("close " + std::to_string(static_cast<int>(event.status)));
  };
  return events;
}

baton::CallbackList callbacks(const std::vector<std::string>& report_to, const Waits& waits) {
  baton::CallbackList all = baton::track::tracker_callbacks(report_to, baton::ProcessEnvironment());
  baton::track::share_run(all, std::make_shared<baton::track::TrackerGroup>());
  all.insert(all.begin(), std::make_shared<baton::DefaultFlowCallback>());
  all.push_back(std::make_shared<baton::LambdaCallback>(events(waits)));
  return all;
}

void run(const baton::TrainingArguments& args, const Waits& waits, bool evaluates) {
  waits.here("load");
  baton::DryEngine engine({.train_samples = 64,
                           .train_batch_size = args.per_device_train_batch_size,
                           .eval_sets = {{"", {.samples = 32}}}});
  baton::CheckpointFolder store(args.output_dir);
  baton::ConsoleNotices notices(baton::standard_console_from_env());
  baton::SteadyClock clock;
  baton::TrainLoop loop(
      baton::resolve(args), callbacks(args.report_to, waits),
      {.engine = engine, .store = store, .notices = notices, .clock = clock, .stop = baton::StopSignals::in_force()});
  if (evaluates) loop.evaluate();
  if (!evaluates) loop.train();
  waits.here("after");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> wait_at;
  bool evaluates = false;
  bool bare = false;
  baton::Flags flags("Trains on scripted numbers.");
  flags.add("wait_at", &wait_at, "places to wait for a line of input");
  flags.add("evaluates", &evaluates, "evaluate instead of training");
  flags.add("bare", &bare, "without baton::run");
  const auto body = [&](const baton::TrainingArguments& args) { run(args, Waits(wait_at), evaluates); };
  const std::vector<std::string> words(argv, argv + argc);
  const baton::CommandLine line = baton::parse_command_line(words, {}, flags);
  if (!bare) return baton::run(argc, argv, {}, body, flags);
  body(line.args);
  return 0;
}
