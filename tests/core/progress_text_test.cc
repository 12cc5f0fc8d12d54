#include "src/core/progress_text.h"

#include "src/base/utf8.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace baton {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(DurationText, ShowsAsMuchAsNeeded) {
  struct Row {
    double seconds;
    const char* text;
  };
  for (const Row& row : {Row{0, "00:00"}, Row{5.99, "00:05"}, Row{65, "01:05"}, Row{3599.9, "59:59"},
                         Row{3600, "1:00:00"}, Row{86399, "23:59:59"}, Row{86400, "1d 00:00:00"},
                         Row{90061, "1d 01:01:01"}, Row{-1, "?"}, Row{kNaN, "?"}, Row{kInf, "?"}, Row{1e18, "?"}}) {
    EXPECT_EQ(duration_text(row.seconds), row.text) << row.seconds;
  }
}

TEST(RateText, TurnsRoundBelowOneASecond) {
  struct Row {
    double per_second;
    const char* text;
  };
  for (const Row& row :
       {Row{36.24, "36.2 steps/s"}, Row{1, "1.00 steps/s"}, Row{99.99, "100.0 steps/s"}, Row{123.4, "123 steps/s"},
        Row{123456, "123456 steps/s"}, Row{0.4, "2.50 s/step"}, Row{0.01, "100 s/step"}, Row{0, "? steps/s"},
        Row{-1, "? steps/s"}, Row{kNaN, "? steps/s"}, Row{kInf, "? steps/s"}}) {
    EXPECT_EQ(rate_text(row.per_second, {}), row.text) << row.per_second;
  }
  EXPECT_EQ(rate_text(2, {"batch", "batches"}), "2.00 batches/s");
  EXPECT_EQ(rate_text(0.5, {"batch", "batches"}), "2.00 s/batch");
}

BarView view_at(std::int64_t position) {
  return {.label = "training",
          .position = position,
          .total = 1000,
          .done = position,
          .elapsed_s = 10.0,
          .note = "loss 0.5"};
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).length);
  return count;
}

TEST(BarText, IsAPlainLineWithoutColumns) {
  EXPECT_EQ(bar_text(view_at(250), {}), "training  25% 250/1000 [00:10<00:30, 25.0 steps/s, loss 0.5]");
}

TEST(BarText, FillsTheWidthUpToAPoint) {
  EXPECT_EQ(bar_text(view_at(250), {.columns = 75}),
            "training  25%|###          | 250/1000 [00:10<00:30, 25.0 steps/s, loss 0.5]");
  EXPECT_EQ(bar_text(view_at(250), {.columns = 75}).size(), 75u);
  EXPECT_EQ(bar_text(view_at(250), {.columns = 500}).size(), 102u);
}

TEST(BarText, FillsByEighthsInUtf8) {
  BarView view = view_at(312);
  view.note = "";
  const std::string text = bar_text(view, {.columns = 61, .utf8 = true});
  EXPECT_EQ(text, "training  31%|██▊      | 312/1000 [00:10<00:22, 31.2 steps/s]");
  EXPECT_EQ(characters(text), 61u);
}

TEST(BarText, GivesUpTheGraphicAndThenTheNoteWhenItIsNarrow) {
  EXPECT_EQ(bar_text(view_at(250), {.columns = 66}), "training  25% 250/1000 [00:10<00:30, 25.0 steps/s, loss 0.5]");
  EXPECT_EQ(bar_text(view_at(250), {.columns = 60}), "training  25% 250/1000 [00:10<00:30, 25.0 steps/s, loss 0.5]");
  EXPECT_EQ(bar_text(view_at(250), {.columns = 59}), "training  25% 250/1000 [00:10<00:30, 25.0 steps/s]");
}

TEST(BarText, CountsRateAndTimeLeftFromWhatWasDoneHere) {
  BarView view = view_at(900);
  view.done = 50;
  EXPECT_EQ(bar_text(view, {}), "training  90% 900/1000 [00:10<00:20, 5.00 steps/s, loss 0.5]");
}

TEST(BarText, KnowsNoRateBeforeAnythingIsDone) {
  BarView view = view_at(0);
  view.note = "";
  EXPECT_EQ(bar_text(view, {}), "training   0% 0/1000 [00:10<?, ? steps/s]");
  view.position = view.done = 3;
  view.elapsed_s = 0.0;
  EXPECT_EQ(bar_text(view, {}), "training   0% 3/1000 [00:00<?, ? steps/s]");
}

TEST(BarText, SaysHundredPercentAtTheEndOnlyAndNeverMore) {
  EXPECT_EQ(bar_text(view_at(999), {}).substr(0, 13), "training  99%");
  EXPECT_EQ(bar_text(view_at(1000), {.columns = 77}),
            "training 100%|###############| 1000/1000 [00:10<00:00, 100 steps/s, loss 0.5]");
  EXPECT_EQ(bar_text(view_at(1600), {}), "training 100% 1600/1000 [00:10<00:00, 160 steps/s, loss 0.5]");
  BarView empty = view_at(0);
  empty.total = 0;
  EXPECT_EQ(bar_text(empty, {}).substr(0, 13), "training 100%");
}

TEST(BarText, CountsWithoutATotal) {
  BarView view = view_at(250);
  view.total.reset();
  EXPECT_EQ(bar_text(view, {.columns = 80}), "training 250 steps [00:10, 25.0 steps/s, loss 0.5]");
  view.position = view.done = 1;
  EXPECT_EQ(bar_text(view, {}), "training 1 step [00:10, 10.0 s/step, loss 0.5]");
}

TEST(BarText, NeverPassesTheWidthWhenAGraphicIsShown) {
  for (int columns = 67; columns < 200; ++columns) {
    for (const std::int64_t position : {0, 1, 333, 999, 1000}) {
      EXPECT_LE(characters(bar_text(view_at(position), {.columns = columns, .utf8 = true})), std::size_t(columns));
    }
  }
}

}  // namespace
}  // namespace baton
