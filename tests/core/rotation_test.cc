#include "baton/core/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using Steps = std::vector<std::int64_t>;

std::filesystem::path folder(std::int64_t step) { return "runs/a/checkpoint-" + std::to_string(step); }

/// Checkpoints of one moment.
std::vector<CheckpointEntry> checkpoints(const Steps& steps) {
  std::vector<CheckpointEntry> entries;
  for (const std::int64_t step : steps) entries.push_back({.path = folder(step), .step = step});
  return entries;
}

/// Checkpoints with times of their own.
std::vector<CheckpointEntry> timed_checkpoints(const std::vector<std::pair<std::int64_t, double>>& steps_and_times) {
  std::vector<CheckpointEntry> entries;
  for (const auto& [step, time] : steps_and_times) {
    entries.push_back({.path = folder(step), .step = step, .modified = time});
  }
  return entries;
}

Steps sorted(const std::vector<CheckpointEntry>& entries, const std::filesystem::path& best = {}) {
  Steps steps;
  for (const CheckpointEntry& entry : sort_checkpoints(entries, best)) steps.push_back(entry.step);
  return steps;
}

Steps deleted(const std::vector<CheckpointEntry>& entries, std::int64_t limit, const std::filesystem::path& best = {}) {
  Steps steps;
  for (const auto& path : rotation_plan(entries, limit, best))
    steps.push_back(*checkpoint_step(path.filename().string()));
  return steps;
}

TEST(CheckpointStep, IsReadFromExactNamesOnly_D6) {
  EXPECT_EQ(checkpoint_step("checkpoint-0"), 0);
  EXPECT_EQ(checkpoint_step("checkpoint-12345"), 12345);
  EXPECT_EQ(checkpoint_step("checkpoint-9223372036854775807"), 9223372036854775807);
  for (const char* name : {"checkpoint-", "checkpoint-5-backup", "checkpoint-5x", "checkpoint--5", "checkpoint-+5",
                           "checkpoint-2.5", "checkpoint- 5", "my-checkpoint-5", "Checkpoint-5", "checkpoint", "",
                           "checkpoint-5\n", "checkpoint-9223372036854775808"}) {
    EXPECT_EQ(checkpoint_step(name), std::nullopt) << name;
  }
}

TEST(SortCheckpoints, GoesByStepIfTheTimesTellNothing) {
  EXPECT_THAT(sorted(checkpoints({20, 5, 15, 100, 10})), ElementsAre(5, 10, 15, 20, 100));
  EXPECT_THAT(sorted(timed_checkpoints({{5, 1000.4}, {10, 1000.0}, {15, 999.5}})), ElementsAre(5, 10, 15))
      << "within 0.9 s";
}

TEST(SortCheckpoints, GoesByTimeFromASecondOn) {
  EXPECT_THAT(sorted(timed_checkpoints({{5, 1000.0}, {10, 999.5}, {15, 999.0}})), ElementsAre(15, 10, 5));
  EXPECT_THAT(sorted(timed_checkpoints({{15, 7.0}, {10, 7.0}, {5, 9.0}})), ElementsAre(10, 15, 5))
      << "by step at one time";
}

TEST(SortCheckpoints, MovesTheBestBeforeTheNewest) {
  const auto entries = checkpoints({20, 5, 15, 25, 10});
  EXPECT_THAT(sorted(entries, folder(5)), ElementsAre(10, 15, 20, 5, 25));
  EXPECT_THAT(sorted(entries, folder(20)), ElementsAre(5, 10, 15, 20, 25)) << "is there";
  EXPECT_THAT(sorted(entries, folder(25)), ElementsAre(5, 10, 15, 20, 25)) << "is the newest";
  EXPECT_THAT(sorted(entries, folder(30)), ElementsAre(5, 10, 15, 20, 25)) << "is gone";
  EXPECT_THAT(sorted(checkpoints({5}), folder(5)), ElementsAre(5)) << "is alone";
  EXPECT_THAT(sorted({}, folder(5)), IsEmpty());
}

TEST(RotationPlan, DeletesTheOldestThatNobodyNeeds) {
  struct Row {
    std::int64_t limit;
    std::filesystem::path best;
    Steps deleted;
    const char* why;
  };
  const std::vector<Row> rows = {
      {0, folder(5), {}, "no limit"},
      {-1, {}, {}, "no limit either"},
      {5, {}, {}, "as many as there are"},
      {9, {}, {}, "more than there are"},
      {2, {}, {5, 10, 15}, "plain"},
      {2, folder(5), {10, 15, 20}, "the best takes one of the places"},
      {3, folder(5), {10, 15}, "the newest others take the rest"},
      {1, folder(5), {10, 15, 20}, "the best and the newest stay, limit or not"},
      {1, folder(25), {5, 10, 15, 20}, "the best is the newest"},
      {1, "runs/a/best", {5, 10, 15, 20}, "D4: a best model outside of the checkpoints takes no place"},
      {1, "runs/b/checkpoint-5", {5, 10, 15}, "a checkpoint elsewhere takes a place, as in the reference"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(deleted(checkpoints({10, 5, 25, 20, 15}), row.limit, row.best), ElementsAreArray(row.deleted))
        << row.why;
  }
}

TEST(RotationPlan, KeepsTheNewestByTime) {
  EXPECT_THAT(deleted(timed_checkpoints({{5, 1000.0}, {10, 900.0}, {15, 800.0}}), 1), ElementsAre(15, 10));
}

TEST(RotationPlan, OfNothingIsNothing) { EXPECT_THAT(deleted({}, 1, folder(5)), IsEmpty()); }

TEST(NewestCheckpoint, HasTheHighestStepWhateverItsTime) {
  EXPECT_EQ(newest_checkpoint(timed_checkpoints({{9, 50.0}, {100, 10.0}, {11, 99.0}})), folder(100));
  EXPECT_EQ(newest_checkpoint({}), std::nullopt);
}

}  // namespace
}  // namespace baton
