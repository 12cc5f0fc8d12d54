#include "src/track/report/series.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "src/track/metrics.h"

namespace baton::track::report {

namespace {

Split split_of(std::string_view key) {
  if (key.starts_with("eval_")) return Split::kEval;
  return key.starts_with("test_") ? Split::kTest : Split::kTrain;
}

/// What is measured, wherever: eval_loss is a loss.
std::string title_of(std::string_view key) { return std::string(split_of(key) == Split::kTrain ? key : key.substr(5)); }

std::vector<Series> series_of(std::span<const Entry> entries) {
  std::vector<Series> all;
  std::map<std::string, std::size_t> places;
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::kLog && entry.kind != EntryKind::kPredict) continue;
    for (const auto& [key, value] : entry.values) {
      const std::optional<double> number = scalar_of(value);
      if (!number || key == "epoch") continue;
      const auto [place, is_new] = places.try_emplace(key, all.size());
      if (is_new) all.push_back({.key = key, .split = split_of(key)});
      all[place->second].points.push_back({static_cast<double>(entry.step), *number});
    }
  }
  return all;
}

bool comes_first(const Chart& one, const Chart& other) {
  const auto rank = [](const Chart& chart) { return chart.title == "loss" ? 0 : 1; };
  return std::pair(rank(one), one.title) < std::pair(rank(other), other.title);
}

void add_to(std::vector<Chart>& charts, Series series) {
  const std::string title = title_of(series.key);
  auto found = std::find_if(charts.begin(), charts.end(), [&](const Chart& chart) { return chart.title == title; });
  if (found == charts.end()) found = charts.insert(charts.end(), {.title = title});
  found->series.push_back(std::move(series));
}

void put_in_order(std::vector<Chart>& charts) {
  std::sort(charts.begin(), charts.end(), comes_first);
  for (Chart& chart : charts) {
    std::stable_sort(chart.series.begin(), chart.series.end(),
                     [](const Series& one, const Series& other) { return one.split < other.split; });
  }
}

std::vector<Point> finite_of(const std::vector<Point>& points) {
  std::vector<Point> finite;
  std::copy_if(points.begin(), points.end(), std::back_inserter(finite),
               [](const Point& point) { return std::isfinite(point.value); });
  return finite;
}

/// The points of one stretch that stay.
void keep_extremes(std::span<const Point> stretch, std::vector<Point>& kept) {
  const auto is_less = [](const Point& one, const Point& other) { return one.value < other.value; };
  const auto [least, most] = std::minmax_element(stretch.begin(), stretch.end(), is_less);
  kept.push_back(least < most ? *least : *most);
  if (least != most) kept.push_back(least < most ? *most : *least);
}

}  // namespace

Curves curves_of(std::span<const Entry> entries) {
  Curves curves;
  for (Series& series : series_of(entries)) {
    if (is_summary_key(series.key) || series.points.size() == 1) {
      curves.summary.set(series.key, series.points.back().value);
    } else {
      std::vector<Chart>& charts = depends_on_clock(series.key) ? curves.speed_charts : curves.charts;
      add_to(charts, std::move(series));
    }
  }
  put_in_order(curves.charts);
  put_in_order(curves.speed_charts);
  return curves;
}

std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most) {
  if (points.size() <= most) return points;
  const std::vector<Point> finite = finite_of(points);
  if (finite.size() <= most) return finite;
  const auto stretches = static_cast<double>(most / 2);
  const double begin = finite.front().step;
  const double width = std::max(finite.back().step - begin, 1.0) / stretches;
  const auto stretch_of = [&](const Point& point) {
    return std::min(std::floor((point.step - begin) / width), stretches - 1);
  };
  std::vector<Point> kept;
  for (std::size_t i = 0; i < finite.size();) {
    std::size_t end = i + 1;
    while (end < finite.size() && stretch_of(finite[end]) == stretch_of(finite[i])) ++end;
    keep_extremes(std::span(finite).subspan(i, end - i), kept);
    i = end;
  }
  return kept;
}

std::vector<Point> smoothed(const std::vector<Point>& points) {
  const std::vector<Point> finite = finite_of(points);
  const std::size_t reach = std::max<std::size_t>(finite.size() / 100, 1);
  std::vector<Point> means;
  double sum = 0.0;
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < finite.size(); ++i) {
    while (end < std::min(i + reach + 1, finite.size())) sum += finite[end++].value;
    while (begin + reach < i) sum -= finite[begin++].value;
    means.push_back({finite[i].step, sum / static_cast<double>(end - begin)});
  }
  return means;
}

}  // namespace baton::track::report
