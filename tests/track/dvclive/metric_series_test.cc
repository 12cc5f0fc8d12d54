#include "src/track/dvclive/metric_series.h"

#include <gtest/gtest.h>

#include "src/base/files.h"
#include "tests/fakes/faulty_disk.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::track {
namespace {

class MetricSeriesTest : public testing::Test {
 protected:
  std::string saved() {
    series_.save(disk_);
    return read_file(file_);
  }

  fakes::TemporaryFolder folder_;
  Disk disk_;
  std::filesystem::path file_ = folder_.path() / "eval" / "loss.tsv";
  MetricSeries series_{file_, "loss"};
};

TEST_F(MetricSeriesTest, RowsFollowTheHeader) {
  series_.add(1, "0.5");
  series_.add(2, "0.25");
  EXPECT_EQ(saved(), "step\tloss\n1\t0.5\n2\t0.25\n");
}

TEST_F(MetricSeriesTest, LaterRowsAreAppended) {
  series_.add(1, "0.5");
  saved();
  series_.add(2, "0.25");
  EXPECT_EQ(saved(), "step\tloss\n1\t0.5\n2\t0.25\n");
}

TEST_F(MetricSeriesTest, AStepHasOneRowTheLast) {
  series_.add(1, "0.5");
  series_.add(2, "first");
  series_.add(2, "second");
  EXPECT_EQ(saved(), "step\tloss\n1\t0.5\n2\tsecond\n");
  series_.add(2, "x");  // shorter than the row in the file
  EXPECT_EQ(saved(), "step\tloss\n1\t0.5\n2\tx\n");
}

TEST_F(MetricSeriesTest, FieldsThatTabsWouldBreakAreQuoted) {
  series_.add(1, "a \"b\"\tc");
  series_.add(2, "plain \"");
  EXPECT_EQ(saved(), "step\tloss\n1\t\"a \"\"b\"\"\tc\"\n2\t\"plain \"\"\"\n");
}

TEST_F(MetricSeriesTest, AfterAnyFailureNothingIsMissingOrTwice) {
  for (std::int64_t call = 1; call <= 12; ++call) {
    for (const auto fault : {fakes::DiskFault::kInputOutput, fakes::DiskFault::kShortWrite, fakes::DiskFault::kFull}) {
      const auto file = folder_.path() / (std::to_string(call) + "-" + std::to_string(static_cast<int>(fault)));
      MetricSeries series(file, "x");
      fakes::FaultyDisk faulty(fault, call);
      for (std::int64_t step = 1; step <= 3; ++step) {
        series.add(step, "first");
        series.add(step, "value");
        try {
          series.save(faulty);
        } catch (const FileError&) {  // what it did not take comes with the next
        }
      }
      series.save(disk_);
      EXPECT_EQ(read_file(file), "step\tx\n1\tvalue\n2\tvalue\n3\tvalue\n") << call;
    }
  }
}

}  // namespace
}  // namespace baton::track
