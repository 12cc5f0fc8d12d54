#include "src/core/results.h"

#include <gtest/gtest.h>

#include <fstream>

#include "src/base/files.h"
#include "src/base/json.h"
#include "tests/fakes/temporary_folder.h"

namespace baton {
namespace {

TEST(MetricsTable, EqualsTheReferencesTable) {
  const Record metrics = {{"train_runtime", 95.678},
                          {"train_samples_per_second", 1877.2345678},
                          {"total_flos", 2.5e10},
                          {"train_loss", 0.28125},
                          {"epoch", 3.0},
                          {"train_samples", 60000}};
  EXPECT_EQ(metrics_table("train", metrics),
            "***** train metrics *****\n"
            "  epoch                    =        3.0\n"
            "  total_flos               =       23GF\n"
            "  train_loss               =     0.2812\n"
            "  train_runtime            = 0:01:35.67\n"
            "  train_samples            =      60000\n"
            "  train_samples_per_second =  1877.2346");
}

TEST(MetricsTable, ShowsDaysAndRoundsSmallNumbersAway) {
  EXPECT_EQ(metrics_table("x", {{"x_runtime", 180061.999}, {"b", 1e-5}}),
            "***** x metrics *****\n"
            "  b         =                0.0\n"
            "  x_runtime = 2 days, 2:01:01.99");
}

TimeReport some_time() {
  TimeReport time{.total = 100.0, .callbacks = {{"Quick", {}}, {"Slow", {}}}};
  const auto spend = [&](Phase phase, double seconds) { time.phases[static_cast<std::size_t>(phase)] = seconds; };
  spend(Phase::kForward, 60.25);
  spend(Phase::kBackward, 30.0);
  spend(Phase::kSave, 0.01);
  time.callbacks[0].by_event[0] = 0.5;
  time.callbacks[1].by_event[3] = 9.0;
  return time;
}

TEST(TimeTable, ListsWhatTookTimeTheMostFirst) {
  EXPECT_EQ(time_table(some_time()),
            "***** train time *****\n"
            "  forward   = 0:01:00.25  60.2 %\n"
            "  backward  = 0:00:30.00  30.0 %\n"
            "  callbacks = 0:00:09.50   9.5 %\n"
            "    Slow    = 0:00:09.00   9.0 %");
}

TEST(TimeTable, IsEmptyIfNothingWasMeasured) { EXPECT_EQ(time_table({}), ""); }

TEST(TimeMetrics, AreSecondsOfEachPhaseAndOfTheCallbacks) {
  const Record metrics = time_metrics(some_time());
  EXPECT_EQ(metrics.size(), kPhaseCount + 1);
  EXPECT_EQ(metrics.number("train_forward_runtime"), 60.25);
  EXPECT_EQ(metrics.number("train_data_runtime"), 0.0);
  EXPECT_EQ(metrics.number("train_callbacks_runtime"), 9.5);
}

TEST(TimesByName, AreSecondsOfEachPhaseAndOfEachCallback) {
  const Record times = times_by_name(some_time());
  EXPECT_EQ(times.number("forward"), 60.25);
  ASSERT_NE(times.find("callbacks"), nullptr);
  EXPECT_EQ(times.find("callbacks")->record()->number("Slow"), 9.0);
}

TEST(TimeMetrics, AreNoneIfNothingWasMeasured) { EXPECT_TRUE(time_metrics({}).empty()); }

class SaveResults : public testing::Test {
 protected:
  std::string text_of(const char* name) const { return read_file(folder_.path() / "run" / name); }
  void save(const std::string& split, const Record& metrics, bool combined = true) const {
    save_results(folder_.path() / "run", split, metrics, combined);
  }
  fakes::TemporaryFolder folder_;
};

TEST_F(SaveResults, WritesTheReferencesText) {
  save("train", {{"b", 1.5}, {"a", 2}}, false);
  EXPECT_EQ(text_of("train_results.json"), "{\n    \"a\": 2,\n    \"b\": 1.5\n}");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "run" / "all_results.json"));
}

TEST_F(SaveResults, CollectsAllSplits) {
  save("train", {{"epoch", 1.0}, {"train_loss", 0.5}});
  save("eval", {{"epoch", 2.0}, {"eval_loss", 0.4}});
  const Record expected = {{"epoch", 2.0}, {"eval_loss", 0.4}, {"train_loss", 0.5}};
  EXPECT_EQ(*json::parse(text_of("all_results.json"), "all").record(), expected);
}

TEST_F(SaveResults, SaysWhichOldFileIsDamaged) {
  save("train", {{"a", 1}});
  std::ofstream(folder_.path() / "run" / "all_results.json") << "{";
  EXPECT_THROW(save("eval", {{"a", 1}}), JsonError);
  std::ofstream(folder_.path() / "run" / "all_results.json") << "[]";
  EXPECT_THROW(save("eval", {{"a", 1}}), Error);
}

}  // namespace
}  // namespace baton
