#include "src/track/mlflow/mlflow_artifacts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "src/base/files.h"
#include "src/track/mlflow/mlflow_rest.h"
#include "src/track/mlflow/mlflow_tracker.h"
#include "tests/fakes/recording_remarks.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/track/mlflow/entries.h"
#include "tests/track/mlflow/fake_mlflow.h"

namespace baton::track {
namespace {

class MlflowUploads : public testing::Test {
 protected:
  MlflowUploads() {
    std::filesystem::create_directories(folder_.path() / "out/checkpoint-8/sub dir");
    write_file(folder_.path() / "out/checkpoint-8/model.bin", std::string(100'000, 'm'));
    write_file(folder_.path() / "out/checkpoint-8/sub dir/100%ü.txt", "text");
    write_file(folder_.path() / "out/empty", "");
    info_ = run_info(folder_.path().string());
  }
  void start(MLflowOptions options = {.log_artifacts = true}) {
    auto store = std::make_unique<MlflowRest>(server_.http(), MlflowServer{.base = "http://mlflow"});
    tracker_ = std::make_unique<MlflowTracker>(std::move(store), std::move(options), "me");
    ASSERT_TRUE(tracker_->start(info_, remarks_, memory_).ok());
  }
  Delivery upload(const char* name, const char* type, const char* path) {
    const Entry entries[] = {
        entry(EntryKind::kArtifact, 5, 8, {{"name", name}, {"type", type}, {"path", path}}),
    };
    return tracker_->write(entries);
  }
  Delivery upload_checkpoint() { return upload("checkpoint-8", "checkpoint", "out/checkpoint-8"); }

  const fakes::TemporaryFolder folder_;
  FakeMlflow server_;
  fakes::RecordingRemarks remarks_;
  Record memory_;
  RunInfo info_;
  std::unique_ptr<MlflowTracker> tracker_;
};

TEST_F(MlflowUploads, ACheckpointBecomesAModelLinkedAtItsStep) {
  start();
  const Delivery delivery = upload_checkpoint();
  EXPECT_EQ(delivery.stored, 1U) << delivery.status.reason;
  EXPECT_EQ(server_.models, (std::map<std::string, std::string>{{"m-1", "LOGGED_MODEL_READY"}}));
  EXPECT_EQ(server_.outputs.at(0), (std::pair<std::string, std::int64_t>{"m-1", 8}));
  const std::string root = "0/models/m-1/artifacts/";
  EXPECT_EQ(server_.artifacts.at(root + "artifacts/checkpoint-8/model.bin"), std::string(100'000, 'm'));
  EXPECT_EQ(server_.artifacts.at(root + "artifacts/checkpoint-8/sub%20dir/100%25%C3%BC.txt"), "text");
  EXPECT_NE(server_.artifacts.at(root + "MLmodel").find("model_id: m-1\nrun_id: run1\n"), std::string::npos);
  EXPECT_EQ(server_.artifacts.size(), 3U);
  EXPECT_EQ(server_.run().tags.at("baton.position"), info_.id + " 0 5");
}

TEST_F(MlflowUploads, AServerWithoutModelsGetsItAsAnArtifactOfTheRun) {
  server_.knows_models = false;
  start();
  EXPECT_EQ(upload_checkpoint().stored, 1U);
  EXPECT_TRUE(server_.artifacts.contains("0/run1/artifacts/checkpoint-8/model.bin"));
  EXPECT_TRUE(remarks_.all.contains("mlflow.models"));
}

TEST_F(MlflowUploads, AFileIsAnArtifactOfTheRun) {
  start();
  EXPECT_EQ(upload("plots", "file", "out/empty").stored, 1U);
  EXPECT_EQ(server_.artifacts, (std::map<std::string, std::string>{{"0/run1/artifacts/plots/empty", ""}}));
}

TEST_F(MlflowUploads, TextsAndImagesAreFilesByKeyAndStep) {
  start({});
  write_file(folder_.path() / "3.png", "png");
  const Entry entries[] = {entry(EntryKind::kLog, 1, 8, {{"loss", 0.5}}),
                           entry(EntryKind::kText, 2, 8, {{"key", "what/../it is"}, {"text", "# So"}}),
                           entry(EntryKind::kImage, 3, 9, {{"key", "a@b"}, {"file", "3.png"}}),
                           entry(EntryKind::kHistogram, 4, 9, {{"key", "weights"}})};
  EXPECT_EQ(tracker_->write(entries).stored, 4U);
  const std::string root = "0/run1/artifacts/";
  EXPECT_EQ(server_.artifacts, (std::map<std::string, std::string>{{root + "texts/what/__/it%20is/8.md", "# So"},
                                                                   {root + "images/a_b/9.png", "png"}}));
  EXPECT_EQ(server_.run().tags.at("baton.position"), info_.id + " 0 3");
}

TEST_F(MlflowUploads, AnUploadThatBrokeOffGoesOnWithTheSameModel) {
  for (const char* broken : {"MLmodel", "100%25", "/logged-models/m-1", "/runs/outputs"}) {
    start();  // in another process
    server_.fault = [this, broken](std::size_t) {
      const bool hit = server_.requests.back().url.find(broken) != std::string::npos;
      return hit ? std::optional(http_answer(500)) : std::nullopt;
    };
    EXPECT_EQ(upload_checkpoint().status.fault, Fault::kTemporary) << broken;
    server_.fault = nullptr;
  }
  EXPECT_EQ(upload_checkpoint().stored, 1U);
  EXPECT_EQ(server_.models, (std::map<std::string, std::string>{{"m-1", "LOGGED_MODEL_READY"}}));
  EXPECT_EQ(server_.outputs.size(), 1U);
}

TEST_F(MlflowUploads, WhatArrivedIsNotSentAgainByTheSameProcess) {
  start();
  server_.fault = [this](std::size_t) {
    const bool hit = server_.requests.back().url.find("100%25") != std::string::npos;
    return hit ? std::optional(http_answer(503)) : std::nullopt;
  };
  EXPECT_EQ(upload_checkpoint().status.fault, Fault::kTemporary);
  server_.fault = nullptr;
  EXPECT_EQ(upload_checkpoint().stored, 1U);
  const auto calls = server_.calls();
  EXPECT_EQ(std::count_if(calls.begin(), calls.end(), [](const auto& call) { return call.ends_with("model.bin"); }), 1);
}

TEST_F(MlflowUploads, WhatIsNotThereIsRefused) {
  start();
  EXPECT_EQ(upload("gone", "checkpoint", "out/gone").status.fault, Fault::kRefused);
}

TEST_F(MlflowUploads, NothingIsUploadedUnlessAskedFor) {
  start({});
  EXPECT_FALSE(tracker_->takes_artifacts());
  EXPECT_EQ(upload_checkpoint().stored, 1U);
  EXPECT_TRUE(server_.artifacts.empty());
}

}  // namespace
}  // namespace baton::track
