// Checkpoints as a user of the Trainer meets them: damaged ones, ones of another model, saves that fail.
#include <sys/resource.h>

#include <gmock/gmock.h>

#include <csignal>
#include <optional>

#include "baton/callbacks/lambda.h"
#include "baton/core/checkpoint_folder.h"
#include "baton/core/errors.h"
#include "src/base/files.h"
#include "tests/fakes/error_of.h"
#include "tests/train/trainer_fixture.h"

namespace baton {
namespace {

namespace fs = std::filesystem;

using fakes::error_of;
using testing::AllOf;
using testing::HasSubstr;

class TrainerCheckpoint : public fakes::TrainerFixture {
 protected:
  /// Eight updates, a checkpoint every two.
  static TrainingArguments every_two() {
    TrainingArguments args;
    args.max_steps = 8;
    args.per_device_train_batch_size = 8;
    args.save_steps = 2;
    args.dataloader_pin_memory = false;
    return args;
  }
  void train(TrainingArguments args = every_two()) { Trainer(options(std::move(args))).train(); }
  void resume(const std::string& from = "true") {
    TrainingArguments args = every_two();
    args.resume_from_checkpoint = from;
    train(args);
  }
  at::Tensor set_weight(double value) {
    const torch::NoGradGuard no_grad;
    return net_->weight.fill_(value).clone();
  }
  fs::path checkpoint(std::int64_t step) const { return output_dir_ / ("checkpoint-" + std::to_string(step)); }
  /// Changes one byte.
  static void flip(const fs::path& file, std::size_t at) {
    std::string content = read_file(file);
    content.at(at) = static_cast<char>(content[at] ^ 1);
    write_file(file, content);
  }
};

TEST_F(TrainerCheckpoint, HoldsAllFiles) {
  train();
  for (const char* file : {"model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json",
                           "baton_state.json", "training_args.json", "manifest.json"}) {
    EXPECT_TRUE(fs::exists(checkpoint(8) / file)) << file;
  }
  EXPECT_TRUE(CheckpointFolder(output_dir_).verify(checkpoint(8)));
}

TEST_F(TrainerCheckpoint, TheNewestWholeOneIsTakenAndTheOthersAreTold) {
  train();
  const std::string expected = read_file(checkpoint(8) / "model.safetensors");
  flip(checkpoint(8) / "optimizer.pt", 300);
  fs::remove(checkpoint(6) / "rng_state.pth");
  resume();
  EXPECT_THAT(err_.text, AllOf(HasSubstr("optimizer.pt is damaged"), HasSubstr("rng_state.pth cannot be read")));
  EXPECT_EQ(read_file(checkpoint(8) / "model.safetensors"), expected) << "trained again from checkpoint-4";
}

TEST_F(TrainerCheckpoint, ADamagedOneThatIsNamedIsAnError) {
  train();
  flip(checkpoint(6) / "model.safetensors", 100);
  EXPECT_THAT(error_of<CheckpointError>([&] { resume(checkpoint(6).string()); }),
              HasSubstr("model.safetensors is damaged"));
}

TEST_F(TrainerCheckpoint, WithoutAnyWholeOneNothingIsTrained) {
  train();
  for (const std::int64_t step : {2, 4, 6, 8}) fs::remove(checkpoint(step) / "manifest.json");
  EXPECT_THAT(error_of<CheckpointError>([&] { resume(); }), HasSubstr("there is no checkpoint that is whole"));
}

TEST_F(TrainerCheckpoint, AnotherModelIsRefusedBeforeAnythingChanges) {
  train();
  net_ = torch::nn::Linear(1, 2);
  const at::Tensor before = net_->weight.detach().clone();
  EXPECT_THAT(error_of<CheckpointError>([&] { resume(); }),
              HasSubstr("\"weight\": expected F32 [2, 1], found F32 [1, 1]"));
  EXPECT_TRUE(net_->weight.equal(before));
}

TEST_F(TrainerCheckpoint, AnotherOptimizerIsRefusedBeforeAWeightChanges) {
  train();
  const at::Tensor before = set_weight(7);
  TrainingArguments args = every_two();
  args.optim = OptimizerName::kAdafactor;
  args.resume_from_checkpoint = "true";
  EXPECT_THAT(error_of<CheckpointError>([&] { train(args); }), HasSubstr("optimizer.pt: "));
  EXPECT_TRUE(net_->weight.equal(before));
}

/// While it lives no file of this process grows beyond `bytes`, as if the disk were full.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(TrainerCheckpoint, WhatCannotBeWrittenIsOneErrorAndLeavesTheOlderOnes) {
  for (const bool in_background : {false, true}) {
    fs::remove_all(output_dir_);
    std::optional<SmallFiles> small;
    TrainingArguments args = every_two();
    args.save_async = in_background;
    TrainerOptions made = options(args);
    made.callbacks = {std::make_shared<LambdaCallback>(LambdaEvents{.on_save = [&](SaveEvent& event) {
      if (event.step == 2) small.emplace(1000);
    }})};
    const std::string error = error_of<CheckpointError>([&] { Trainer(std::move(made)).train(); });
    small.reset();
    EXPECT_THAT(error, AllOf(HasSubstr("checkpoint-4 could not be written"), HasSubstr("File too large")));
    EXPECT_TRUE(CheckpointFolder(output_dir_).verify(checkpoint(2)));
    EXPECT_FALSE(fs::exists(checkpoint(4)));
  }
}

/// Adds a file of its own to each checkpoint.
struct WithNotes : Trainer {
  using Trainer::Trainer;
  void save_model(const fs::path& folder) override {
    Trainer::save_model(folder);
    write_file(folder / "notes.txt", "after step " + std::to_string(state().global_step));
  }
};

TEST_F(TrainerCheckpoint, FilesOfADerivedTrainerArePartOfItAlsoInTheBackground) {
  for (const bool in_background : {false, true}) {
    TrainingArguments args = every_two();
    args.save_async = in_background;
    WithNotes(options(args)).train();
    EXPECT_TRUE(CheckpointFolder(output_dir_).verify(checkpoint(6)));
    EXPECT_EQ(read_file(checkpoint(6) / "notes.txt"), "after step 6");
    flip(checkpoint(6) / "notes.txt", 0);
    EXPECT_THROW(CheckpointFolder(output_dir_).verify(checkpoint(6)), CheckpointError);
  }
}

TEST_F(TrainerCheckpoint, WithIgnoredDataTheEpochBeginsAnew) {
  train();
  TrainingArguments args = every_two();
  args.ignore_data_skip = true;
  args.resume_from_checkpoint = checkpoint(6).string();
  EXPECT_NO_THROW(train(args));
}

TEST_F(TrainerCheckpoint, AModelOnlyOneGoesOnWithAFreshOptimizer) {
  TrainingArguments args = every_two();
  args.save_only_model = true;
  train(args);
  EXPECT_FALSE(fs::exists(checkpoint(6) / "optimizer.pt"));
  args.resume_from_checkpoint = checkpoint(6).string();
  EXPECT_NO_THROW(train(args));
}

}  // namespace
}  // namespace baton
