// What every built-in callback has to stand: being driven in any order, more than once, and on a rank that shows
// nothing. A new callback belongs in the list below.
#include "baton/callbacks/early_stopping.h"
#include "baton/callbacks/lambda.h"
#include "baton/callbacks/nan_guard.h"
#include "baton/callbacks/printer.h"
#include "baton/callbacks/progress.h"
#include "baton/callbacks/time_limit.h"
#include "baton/core/callback_handler.h"
#include "baton/core/default_flow.h"
#include "tests/fakes/every_event.h"
#include "tests/fakes/fake_console.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string>

namespace baton {
namespace {

struct BuiltIn {
  const char* name;
  std::function<CallbackPtr(std::shared_ptr<Console>)> make;
};

void PrintTo(const BuiltIn& built_in, std::ostream* out) { *out << built_in.name; }

const BuiltIn kBuiltIns[] = {
    {"DefaultFlowCallback", [](auto) { return std::make_shared<DefaultFlowCallback>(); }},
    {"EarlyStoppingCallback", [](auto) { return std::make_shared<EarlyStoppingCallback>(); }},
    {"LambdaCallback",
     [](auto) { return std::make_shared<LambdaCallback>(LambdaEvents{.on_step_end = [](StepEvent&) {}}); }},
    {"NanGuardCallback", [](auto) { return std::make_shared<NanGuardCallback>(); }},
    {"PrinterCallback", [](auto console) { return std::make_shared<PrinterCallback>(console); }},
    {"ProgressCallback", [](auto console) { return std::make_shared<ProgressCallback>(console); }},
    {"TimeLimitCallback", [](auto) { return std::make_shared<TimeLimitCallback>(std::chrono::seconds(60)); }},
};

class BuiltInCallback : public testing::TestWithParam<BuiltIn> {
 protected:
  BuiltInCallback() {
    run.args.metric_for_best_model = "loss";
    run.args.eval_strategy = EvalStrategy::kSteps;
    run.args.load_best_model_at_end = true;
  }

  void whole_run() {
    for (const fakes::NamedVerb& verb : fakes::kEveryEvent) verb.fire(run, *callback);
  }

  fakes::FakeRun run;
  fakes::FileConsole file;
  CallbackPtr callback = GetParam().make(file.console);
};

TEST_P(BuiltInCallback, IsNamedAsItsClass) { EXPECT_EQ(callback->name(), GetParam().name); }

TEST_P(BuiltInCallback, DoesTheSameInASecondRun) {
  whole_run();
  const std::string shown = file.out.text + file.err.text;
  const std::size_t notices = run.notices.all.size();
  file.out.text.clear();
  file.err.text.clear();
  whole_run();
  EXPECT_EQ(file.out.text + file.err.text, shown);
  EXPECT_EQ(run.notices.all.size(), 2 * notices);
}

TEST_P(BuiltInCallback, ClosesTwice) {
  whole_run();
  const std::string shown = file.out.text + file.err.text;
  run.close(*callback);
  EXPECT_EQ(file.out.text + file.err.text, shown);
}

TEST_P(BuiltInCallback, ShowsNothingOnARankThatIsNotTheFirst) {
  run.state.is_world_process_zero = false;
  run.state.is_local_process_zero = false;
  whole_run();
  EXPECT_EQ(file.out.text + file.err.text, "");
}

TEST_P(BuiltInCallback, TakesEventsInAnyOrder) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 1000; ++i) {
    run.at_step(static_cast<std::int64_t>(random() % 200));
    EXPECT_NO_THROW(fakes::kEveryEvent[random() % kEventKindCount].fire(run, *callback));
  }
}

INSTANTIATE_TEST_SUITE_P(All, BuiltInCallback, testing::ValuesIn(kBuiltIns),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace baton
