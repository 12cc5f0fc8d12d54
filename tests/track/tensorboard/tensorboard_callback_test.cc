// A training, killed and resumed, as TensorBoard sees it.
#include "baton/track/tensorboard.h"

#include <gtest/gtest.h>

#include "src/base/files.h"
#include "src/track/metrics.h"
#include "src/track/tensorboard/event_files.h"
#include "src/track/tensorboard/event_reader.h"
#include "tests/fakes/loop_fixture.h"

namespace baton {
namespace {

using Points = std::vector<std::pair<std::int64_t, float>>;

struct TensorBoardCallbackTest : testing::Test {
  TensorBoardCallbackTest() {
    run.args.logging_steps = 2;
    run.args.save_steps = 3;
    run.args.max_steps = 12;
    for (int i = 0; i < 40; ++i) run.script.micro_losses.values.push_back(static_cast<float>(i % 7));
  }
  void new_process(TensorBoardOptions options = {}) {
    run.callbacks = {std::make_shared<TensorBoardCallback>(std::move(options))};
  }
  static std::vector<tensorboard::FileEvent> events(const std::filesystem::path& folder) {
    std::vector<tensorboard::FileEvent> all;
    for (const auto& file : tensorboard::event_files(folder)) {
      const auto content = tensorboard::read_event_file(file);
      all.insert(all.end(), content.events.begin(), content.events.end());
    }
    return all;
  }
  static Points losses(const std::filesystem::path& folder) {
    Points points;
    for (const auto& event : events(folder)) {
      if (event.tag == "train/loss") points.emplace_back(event.step, static_cast<float>(event.value.number()));
    }
    return points;
  }
  Points logged_losses() {
    Points points;
    for (const LogRecord& record : run.state().log_history) {
      if (record.contains("loss")) {
        points.emplace_back(*record.find("step")->integer(), static_cast<float>(record.number("loss")));
      }
    }
    return points;
  }
  std::filesystem::path default_folder() { return *std::filesystem::directory_iterator(run.folder() / "runs"); }

  fakes::LoopFixture run;
};

TEST_F(TensorBoardCallbackTest, AResumedTrainingIsOneLineInOneFolder) {
  new_process();
  run.crash(EventKind::kStepBegin, 8);  // logged at 8, saved at 6
  EXPECT_EQ(losses(default_folder()).size(), 4U);
  new_process();
  run.resume();
  const Points logged = logged_losses();
  run.end();
  EXPECT_EQ(logged.size(), 6U);
  EXPECT_EQ(losses(default_folder()), logged);
}

TEST_F(TensorBoardCallbackTest, TheArgumentsAreATextAndTheEndIsKnown) {
  new_process();
  run.train();
  run.end();
  const auto all = events(default_folder());
  EXPECT_EQ(all[2].tag, "args/text_summary");
  EXPECT_NE(all[2].value.text()->find("\"max_steps\": 12"), std::string::npos);
  EXPECT_EQ(all.back().value, Value(Record{{"status", 1}}));
}

TEST_F(TensorBoardCallbackTest, TheFolderIsTheArgumentsElseTheOptions) {
  const std::filesystem::path mine = run.folder() / "mine";
  new_process({.logging_dir = mine});
  run.train();
  run.end();
  EXPECT_EQ(losses(mine).size(), 6U);
  run.args.logging_dir = (run.folder() / "argument").string();
  new_process({.logging_dir = mine});
  run.train();
  run.end();
  EXPECT_EQ(losses(*run.args.logging_dir).size(), 6U);
}

TEST_F(TensorBoardCallbackTest, AWriterOfTheUsersGetsItAll) {
  const auto writer = std::make_shared<tensorboard::EventWriter>(run.folder() / "mine");
  new_process({.tb_writer = writer});
  run.train();
  run.end();
  writer->add_scalar("after", 1.0, 12);
  ASSERT_TRUE(writer->flush().ok());
  EXPECT_EQ(losses(run.folder() / "mine").size(), 6U);
  EXPECT_EQ(events(run.folder() / "mine").back().tag, "after");
}

}  // namespace
}  // namespace baton
