#include "src/track/dvclive/live_folder.h"

#include "src/base/files.h"
#include "src/base/json.h"
#include "tests/fakes/test_files.h"
#include "tests/track/dvclive/dvclive_fixture.h"

namespace baton::track {
namespace {

class LiveFolderTest : public DVCLiveTest {
 protected:
  void log(std::int64_t step, const Record& metrics) { live_.add_metrics(step, metrics, remarks_); }

  Disk disk_;
  LiveFolder live_{disk_, path("dvclive")};
};

TEST_F(LiveFolderTest, TheFilesAreDVCLivesOwn) {
  const Record golden = *json::parse(fakes::read_test_file("golden/dvclive.json"), "dvclive.json").record();
  live_.add_params({{"args", Record{{"learning_rate", 5e-05}}}, {"model_config", Record{{"layers", 2}}}});
  for (const Value& logged : *golden.find("logs")->list()) {
    log(*logged.list()->at(0).integer(), *logged.list()->at(1).record());
  }
  live_.save();
  for (const auto& [file, content] : *golden.find("files")->record()) {
    if (file == "dvc.yaml") continue;  // the tracker writes it
    EXPECT_EQ(text(file), *content.text()) << file;
  }
}

TEST_F(LiveFolderTest, TwoRecordsOfAStepMakeOneRowOfEachMetric) {
  log(4, {{"loss", 0.5}, {"epoch", 1.0}});
  live_.save();
  log(4, {{"eval_loss", 0.25}, {"epoch", 1.0}});
  live_.save();
  EXPECT_EQ(text("dvclive/plots/metrics/epoch.tsv"), "step\tepoch\n4\t1.0\n");
  EXPECT_EQ(text("dvclive/plots/metrics/eval/loss.tsv"), "step\tloss\n4\t0.25\n");
}

TEST_F(LiveFolderTest, ParamsOfLaterGroupsWinAndOtherGroupsNest) {
  live_.add_params({{"args", Record{{"a", 1}, {"b", 2}}}});
  live_.add_params({{"args", Record{{"a", 3}}}, {"data", Record{{"rows", 7}}}});
  live_.save();
  EXPECT_EQ(text("dvclive/params.yaml"), "a: 3\nb: 2\ndata:\n  rows: 7\n");
}

TEST_F(LiveFolderTest, WhatCannotBeAMetricIsLeftOutWithARemark) {
  log(1, {{"list", Value::List{1}}, {"nothing", nullptr}, {"../up", 1.0}, {"fine", "a text"}});
  live_.save();
  EXPECT_EQ(text("dvclive/metrics.json"), "{\n    \"fine\": \"a text\",\n    \"step\": 1\n}\n");
  EXPECT_EQ(remarks_.all.size(), 3U);
}

TEST_F(LiveFolderTest, AMetricThatIsAGroupTooIsPlottedOnly) {
  log(1, {{"a", 1}, {"a/b", 2}});
  live_.save();
  EXPECT_EQ(text("dvclive/metrics.json"), "{\n    \"a\": 1,\n    \"step\": 1\n}\n");
  EXPECT_EQ(text("dvclive/plots/metrics/a/b.tsv"), "step\tb\n1\t2\n");
  EXPECT_TRUE(remarks_.all.contains("dvclive_summary:a/b"));
}

TEST_F(LiveFolderTest, ImagesLieBySteps) {
  put("run/image.png", "bytes");
  live_.add_image(3, "eval_digits", path("run/image.png"), remarks_);
  live_.add_image(3, "lost", path("run/lost.png"), remarks_);
  EXPECT_EQ(text("dvclive/plots/images/eval/digits/3.png"), "bytes");
  EXPECT_TRUE(live_.has_images());
  EXPECT_EQ(remarks_.all.size(), 1U);
}

TEST_F(LiveFolderTest, ClearRemovesDVCLivesFilesAndNoOthers) {
  for (const char* file : {"dvclive/metrics.json", "dvclive/plots/metrics/a.tsv", "dvclive/report.html",
                           "dvclive/own.txt", "dvclive/artifacts/m.pt"}) {
    put(file, "x");
  }
  live_.clear();
  EXPECT_EQ(text("dvclive/metrics.json"), "(none)");
  EXPECT_FALSE(std::filesystem::exists(path("dvclive/plots/metrics")));
  EXPECT_EQ(text("dvclive/own.txt") + text("dvclive/artifacts/m.pt"), "xx");
}

}  // namespace
}  // namespace baton::track
