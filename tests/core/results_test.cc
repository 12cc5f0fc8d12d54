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
