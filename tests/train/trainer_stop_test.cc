#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>

#include "baton/callbacks/lambda.h"
#include "baton/core/errors.h"
#include "baton/core/stop_signals.h"
#include "tests/fakes/stop_by_hand.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

using testing::HasSubstr;

class TrainerStop : public fakes::TrainerFixture {
 protected:
  /// Does something when the second step begins.
  TrainerOptions options_with(std::function<void()> something) {
    TrainerOptions made = options({.num_train_epochs = 2});
    made.callbacks = {std::make_shared<LambdaCallback>(
        LambdaEvents{.on_step_begin = [something = std::move(something)](StepEvent& event) {
          if (event.state.global_step == 1) something();
        }})};
    return made;
  }

  void expect_stop_after_step_2(Trainer& trainer) {
    EXPECT_THROW(trainer.train(), Stopped);
    EXPECT_TRUE(std::filesystem::exists(output_dir_ / "checkpoint-2" / "model.safetensors"));
    EXPECT_THAT(err_.text, HasSubstr("SIGTERM: stopped after step 2, saved in "));
  }
};

TEST_F(TrainerStop, HeedsTheSignalsThatAreHandled) {
  const StopSignals signals;
  Trainer trainer(options_with([] { ::raise(SIGTERM); }));
  expect_stop_after_step_2(trainer);
}

TEST_F(TrainerStop, HeedsARequestOfItsOwn) {
  fakes::StopByHand request;
  TrainerOptions made = options_with([&] { request.ask(SIGTERM); });
  made.stop = &request;
  Trainer trainer(std::move(made));
  expect_stop_after_step_2(trainer);
}

TEST_F(TrainerStop, EndsAnEvaluation) {
  fakes::StopByHand request;
  TrainerOptions made = options();
  made.stop = &request;
  made.callbacks = {std::make_shared<LambdaCallback>(
      LambdaEvents{.on_prediction_step = [&](PredictionStepEvent&) { request.ask(SIGINT); }})};
  Trainer trainer(std::move(made));
  EXPECT_THROW(trainer.evaluate(), Stopped);
  EXPECT_THROW(trainer.predict(fakes::points(4)), Stopped) << "and again, until it is answered";
}

}  // namespace
}  // namespace baton
