// Series: the numbers of a run by their keys, and which of them go into one picture.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "baton/track/entry.h"

namespace baton::track::report {

struct Point {
  double step = 0.0;
  double value = 0.0;  ///< may be NaN or infinite

  friend bool operator==(const Point&, const Point&) = default;
};

/// Where a number was taken.
enum class Split { kTrain, kEval, kTest };

struct Series {
  std::string key;  ///< as it was logged
  Split split = Split::kTrain;
  std::vector<Point> points{};
};

/// Series of the same thing: "loss" of training and of evaluation.
struct Chart {
  std::string title;
  std::vector<Series> series{};
};

struct Curves {
  std::vector<Chart> charts{};        ///< by title, loss first
  std::vector<Chart> speed_charts{};  ///< of what depends on the clock
  Record summary{};                   ///< the last value of each number that describes the whole run
};

/// Of log and prediction records. What was logged once only goes into the summary, and so do the summary keys; "epoch"
/// is left out.
Curves curves_of(std::span<const Entry> entries);

/// At most `most` points, which must be 4 or more: of each of most/2 stretches of steps the smallest and the largest,
/// in their order; values that are not finite go if anything has to.
std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most);

/// The mean of each point and its neighbours, a hundredth of the points on either side; those that are not finite are
/// left out.
std::vector<Point> smoothed(const std::vector<Point>& points);

}  // namespace baton::track::report
