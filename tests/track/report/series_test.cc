#include "src/track/report/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace baton::track::report {
namespace {

using testing::ElementsAre;

Entry log_at(std::int64_t step, Record values) {
  return {.kind = EntryKind::kLog, .step = step, .values = std::move(values)};
}

std::string shape(const std::vector<Chart>& charts) {
  std::string text;
  for (const Chart& chart : charts) {
    text += chart.title + ":";
    for (const Series& series : chart.series) text += " " + series.key;
    text += "; ";
  }
  return text;
}

TEST(ReportCurves, TrainAndEvalOfTheSameShareAChartAndLossComesFirst) {
  const std::vector<Entry> entries = {
      log_at(1, {{"grad_norm", 2.0}, {"loss", 1.0}, {"epoch", 0.1}}),
      log_at(1, {{"eval_loss", 1.5}, {"eval_accuracy", 0.1}, {"eval_runtime", 3.0}, {"epoch", 0.1}}),
      log_at(2, {{"grad_norm", 1.0}, {"loss", 0.5}, {"note", "text"}}),
      log_at(2, {{"eval_loss", 1.2}, {"eval_accuracy", 0.2}, {"eval_runtime", 3.5}}),
      log_at(2, {{"train_loss", 0.75}, {"train_runtime", 9.0}, {"once", true}})};
  const Curves curves = curves_of(entries);
  EXPECT_EQ(shape(curves.charts), "loss: loss eval_loss; accuracy: eval_accuracy; grad_norm: grad_norm; ");
  EXPECT_EQ(shape(curves.speed_charts), "runtime: eval_runtime; ");
  EXPECT_EQ(curves.summary, (Record{{"train_loss", 0.75}, {"train_runtime", 9.0}, {"once", 1.0}}));
  EXPECT_THAT(curves.charts[0].series[1].points, ElementsAre(Point{1, 1.5}, Point{2, 1.2}));
}

TEST(ReportCurves, PredictionsCountAndOtherEntriesDoNot) {
  const std::vector<Entry> entries = {{.kind = EntryKind::kPredict, .step = 3, .values = {{"test_loss", 1.0}}},
                                      {.kind = EntryKind::kPredict, .step = 4, .values = {{"test_loss", 2.0}}},
                                      {.kind = EntryKind::kTimes, .values = {{"data", 1.0}}}};
  const Curves curves = curves_of(entries);
  EXPECT_EQ(shape(curves.charts), "loss: test_loss; ");
  EXPECT_EQ(curves.charts[0].series[0].split, Split::kTest);
  EXPECT_TRUE(curves.summary.empty());
}

TEST(Thinned, LeavesFewPointsAlone) {
  const std::vector<Point> points = {{1, 1}, {2, std::nan("")}, {3, 3}};
  EXPECT_EQ(thinned(points, 4).size(), 3u);
}

TEST(Thinned, KeepsTheExtremesOfEveryStretchInTheirOrder) {
  std::vector<Point> points;
  for (int i = 0; i < 1000; ++i)
    points.push_back({static_cast<double>(i), i % 100 == 37 ? -5.0 : i % 100 == 80 ? 9.0 : 0.0});
  const std::vector<Point> few = thinned(points, 20);
  ASSERT_EQ(few.size(), 20u);
  for (std::size_t i = 0; i < few.size(); i += 2) {
    EXPECT_EQ(few[i].value, -5.0);
    EXPECT_EQ(few[i + 1].value, 9.0);
    EXPECT_LT(few[i].step, few[i + 1].step);
  }
}

TEST(Thinned, AMillionPointsBecomeAHandful) {
  std::vector<Point> points;
  for (int i = 0; i < 1'000'000; ++i) points.push_back({static_cast<double>(i), std::sin(i * 1e-3)});
  points[5].value = std::nan("");
  EXPECT_LE(thinned(points, 1000).size(), 1000u);
}

TEST(Thinned, PointsAtOneStepBecomeTwo) {
  const std::vector<Point> points(100, {7, 1});
  EXPECT_LE(thinned(points, 10).size(), 2u);
}

TEST(Smoothed, TakesTheMeanOfNeighbours) {
  EXPECT_THAT(smoothed({{1, 3}, {2, 6}, {3, std::nan("")}, {4, 0}, {5, 9}}),
              ElementsAre(Point{1, 4.5}, Point{2, 3}, Point{4, 5}, Point{5, 4.5}));
  EXPECT_TRUE(smoothed({}).empty());
}

TEST(Smoothed, TakesMoreOfThemWhereThereAreMore) {
  std::vector<Point> points;
  for (int i = 0; i < 1000; ++i) points.push_back({static_cast<double>(i), i % 2 == 0 ? 0.0 : 1.0});
  const std::vector<Point> means = smoothed(points);
  ASSERT_EQ(means.size(), points.size());
  EXPECT_NEAR(means[500].value, 0.5, 0.05);
}

}  // namespace
}  // namespace baton::track::report
