// Whole trainings that report to DVCLive.
#include "baton/track/dvclive.h"
#include "baton/track/tracker_group.h"
#include "src/base/files.h"
#include "tests/fakes/loop_fixture.h"
#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

class DVCLiveCallbackTest : public DVCLiveTest {
 protected:
  /// A run of 12 steps, logged at every second one and saved at every third one, in a git repository of its own.
  struct Training : fakes::LoopFixture {
    Training() {
      make_git_repository(folder());
      args.logging_steps = 2;
      args.save_steps = 3;
      args.max_steps = 12;
      for (int i = 0; i < 40; ++i) script.micro_losses.values.push_back(static_cast<float>(i % 7));
      new_process();
    }
    void new_process() {
      DVCLiveOptions options;
      options.dir = folder() / "dvclive";
      options.dvcyaml = folder() / "dvc.yaml";
      options.log_model = DVCLiveLogModel::kModel;
      callbacks = {std::make_shared<DVCLiveCallback>(options)};
    }
    std::string text(const std::string& file) const { return read_file(folder() / file); }
  };
};

TEST_F(DVCLiveCallbackTest, ATrainingLeavesItsFilesAndItsLastCheckpoint) {
  Training run;
  run.train();
  run.end();
  EXPECT_EQ(run.text("dvclive/plots/metrics/epoch.tsv").substr(0, 11), "step\tepoch\n");
  EXPECT_NE(run.text("dvclive/params.yaml").find("\nlogging_steps: 2\n"), std::string::npos);
  EXPECT_NE(run.text("dvclive/metrics.json").find("\"step\": 12,\n"), std::string::npos);
  EXPECT_NE(run.text("dvc.yaml").find("  last:\n    path: dvclive/artifacts/last\n    type: model\n"),
            std::string::npos);
  EXPECT_EQ(run.text("dvclive/artifacts/last/trainer_state.json"), run.text("checkpoint-12/trainer_state.json"));
}

TEST_F(DVCLiveCallbackTest, AResumedTrainingLeavesTheFilesOfAnUndisturbedOne) {
  Training whole;
  whole.train();
  whole.end();
  Training killed;
  killed.crash(EventKind::kStepBegin, 8);  // logged at 8, saved at 6
  killed.new_process();
  killed.resume();
  killed.end();
  for (const char* file : {"loss", "learning_rate", "epoch", "train/loss"}) {
    const std::string name = std::string("dvclive/plots/metrics/") + file + ".tsv";
    EXPECT_EQ(killed.text(name), whole.text(name));
  }
}

}  // namespace
}  // namespace baton::track
