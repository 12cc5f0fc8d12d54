#include "src/core/name_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/core/errors.h"

namespace baton {
namespace {

using testing::ElementsAre;

void write(NameStore& store, std::int64_t step) {
  SavedRun run;
  run.state.global_step = step;
  const auto draft = store.begin(store.path_of_step(step));
  draft->add("weights", [](ByteSink&) { FAIL() << "there is no folder"; });
  draft->commit(run);
}

TEST(NameStore, ListsWhatWasWrittenAndNotRemoved) {
  NameStore store;
  for (const std::int64_t step : {5, 10, 15, 15}) write(store, step);
  store.remove(store.path_of_step(5));
  EXPECT_THAT(store.steps(), ElementsAre(10, 15));
  ASSERT_EQ(store.list().size(), 2u);
  EXPECT_EQ(store.list().front().path, "checkpoint-10");
  EXPECT_EQ(store.list().front().step, 10);
}

TEST(NameStore, KnowsWhatExists) {
  NameStore store;
  write(store, 10);
  EXPECT_TRUE(store.exists("checkpoint-10"));
  EXPECT_FALSE(store.exists("checkpoint-1"));
  EXPECT_FALSE(store.exists("elsewhere"));
}

TEST(NameStore, KeepsTheBestModelBesideTheCheckpoints) {
  NameStore store;
  store.begin(store.path_of_best())->commit({});
  EXPECT_TRUE(store.exists(store.path_of_best()));
  EXPECT_TRUE(store.list().empty());
  store.remove(store.path_of_best());
  EXPECT_FALSE(store.exists(store.path_of_best()));
}

TEST(NameStore, HasNothingToRead) {
  NameStore store;
  write(store, 10);
  EXPECT_THROW(store.read("checkpoint-10"), CheckpointError);
}

}  // namespace
}  // namespace baton
