#include "baton/callbacks/lambda.h"

#include "tests/fakes/every_event.h"
#include "tests/fakes/fake_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace baton {
namespace {

TEST(Lambda, CallsWhatItWasGivenAndOnlyThat) {
  fakes::FakeRun run;
  LambdaCallback callback({.on_log = [](LogEvent& event) { event.control.should_save = event.logs.contains("loss"); }});
  run.step_end(callback);
  EXPECT_EQ(run.control, TrainerControl{});
  run.log(callback, {{"loss", 1.0}});
  EXPECT_EQ(run.control, (TrainerControl{.should_save = true}));
}

TEST(Lambda, HasAFunctionForEveryEvent) {
  std::vector<std::string> seen;
  const auto note = [&seen](const char* name) { return [&seen, name](auto&) { seen.emplace_back(name); }; };
  LambdaCallback callback({.on_init_end = note("init_end"),
                           .on_train_begin = note("train_begin"),
                           .on_epoch_begin = note("epoch_begin"),
                           .on_step_begin = note("step_begin"),
                           .on_substep_end = note("substep_end"),
                           .on_pre_optimizer_step = note("pre_optimizer_step"),
                           .on_optimizer_step = note("optimizer_step"),
                           .on_step_end = note("step_end"),
                           .on_prepare_log = note("prepare_log"),
                           .on_log = note("log"),
                           .on_prediction_step = note("prediction_step"),
                           .on_evaluate = note("evaluate"),
                           .on_predict = note("predict"),
                           .on_save = note("save"),
                           .on_epoch_end = note("epoch_end"),
                           .on_train_end = note("train_end"),
                           .on_exception = note("exception"),
                           .on_close = note("close")});
  fakes::FakeRun run;
  std::vector<std::string> fired;
  for (const fakes::NamedVerb& verb : fakes::kEveryEvent) {
    verb.fire(run, callback);
    fired.emplace_back(verb.name);
  }
  EXPECT_EQ(fired.size(), kEventKindCount);
  EXPECT_EQ(seen, fired);
}

TEST(Lambda, HasTheNameItIsGiven) {
  EXPECT_EQ(LambdaCallback(LambdaEvents{}).name(), "LambdaCallback");
  EXPECT_EQ(LambdaCallback({.name = "stop on spike"}).name(), "stop on spike");
}

}  // namespace
}  // namespace baton
