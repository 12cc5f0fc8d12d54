#include "src/track/report/chart_svg.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "src/core/number_words.h"
#include "src/track/report/axis.h"
#include "src/track/report/markup.h"

namespace baton::track::report {

namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 260;
constexpr double kLeft = 84;
constexpr double kRight = kWidth - 32;
constexpr double kTop = 12;
constexpr double kBottom = kHeight - 34;
constexpr std::size_t kMostPoints = 2 * static_cast<std::size_t>(kRight - kLeft);  // two a column
constexpr std::size_t kMostMarks = 60;                                             ///< beyond, a line is enough
constexpr std::size_t kMostLoggedForALine = 300;  ///< beyond, noise would hide where it goes

/// Beyond it the size of a range would overflow.
bool is_drawable(double value) { return std::abs(value) < 1e300; }

std::string pixels(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 1);
  return {text, end};
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!is_drawable(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// With room at both ends; never empty.
  Range widened(double share) const {
    if (low > high) return {0.0, 1.0};
    const double room = high > low ? share * (high - low) : std::max(std::abs(high) * 0.1, 1e-12);
    return {low - room, high + room};
  }
};

const char* split_name(Split split) {
  constexpr const char* kNames[] = {"train", "eval", "test"};
  return kNames[static_cast<int>(split)];
}

class Drawing {
 public:
  Drawing(const Chart& chart, const std::vector<double>& resumes) {
    Range steps;
    Range values;
    for (const Series& series : chart.series) {
      for (const Point& point : series.points) {
        steps.take(point.step);
        values.take(point.value);
      }
    }
    steps_ = steps.low < steps.high ? steps : Range{steps.low - 0.5, steps.low + 0.5};
    values_ = values.widened(0.05);
    add_axes();
    for (const double step : resumes) add_resume(step);
    for (const Series& series : chart.series) add_series(series);
  }

  const std::string& svg() const { return svg_; }
  Record frame() const { return {{"left", kLeft}, {"right", kRight}, {"low", steps_.low}, {"high", steps_.high}}; }

 private:
  double x_of(double step) const { return kLeft + (step - steps_.low) / (steps_.high - steps_.low) * (kRight - kLeft); }
  double y_of(double value) const {
    return kBottom - (value - values_.low) / (values_.high - values_.low) * (kBottom - kTop);
  }

  void add_line(const char* style, double x1, double y1, double x2, double y2) {
    svg_.append("<line class=\"").append(style).append("\" x1=\"").append(pixels(x1)).append("\" y1=\"");
    svg_.append(pixels(y1))
        .append("\" x2=\"")
        .append(pixels(x2))
        .append("\" y2=\"")
        .append(pixels(y2))
        .append("\"/>\n");
  }

  void add_label(const char* anchor, double x, double y, const std::string& text) {
    svg_.append("<text text-anchor=\"").append(anchor).append("\" x=\"").append(pixels(x)).append("\" y=\"");
    svg_.append(pixels(y)).append("\">").append(text).append("</text>\n");
  }

  void add_axes() {
    for (const Tick& tick : ticks_between(values_.low, values_.high, 5)) {
      add_line("grid", kLeft, y_of(tick.value), kRight, y_of(tick.value));
      add_label("end", kLeft - 8, y_of(tick.value) + 6, tick.label);
    }
    for (const Tick& tick : ticks_between(steps_.low, steps_.high, 5))
      add_label("middle", x_of(tick.value), kBottom + 24, tick.label);
    add_line("axis", kLeft, kBottom, kRight, kBottom);
  }

  void add_resume(double step) {
    if (step > steps_.low && step < steps_.high) add_line("resume", x_of(step), kTop, x_of(step), kBottom);
  }

  /// Of many values the line is their moving mean, and they themselves are pale behind it.
  void add_series(const Series& series) {
    const std::string style = split_name(series.split);
    if (series.points.size() <= kMostLoggedForALine) {
      add_path(style, series.points);
    } else {
      add_path(style + " pale", series.points);
      add_path(style, smoothed(series.points));
    }
    if (series.points.size() <= kMostMarks) add_marks(style, series.points);
  }

  void add_path(const std::string& style, const std::vector<Point>& all) {
    std::string path;
    bool is_pen_down = false;
    for (const Point& point : thinned(all, kMostPoints)) {
      if (is_drawable(point.value)) {
        path.append(is_pen_down ? "L" : "M").append(pixels(x_of(point.step))).append(" ");
        path.append(pixels(y_of(point.value)));
      }
      is_pen_down = is_drawable(point.value);
    }
    if (!path.empty()) svg_.append("<path class=\"").append(style).append("\" d=\"").append(path).append("\"/>\n");
  }

  void add_marks(const std::string& style, const std::vector<Point>& points) {
    for (const Point& point : points) {
      if (!is_drawable(point.value)) continue;
      svg_.append("<circle class=\"").append(style).append("\" cx=\"").append(pixels(x_of(point.step)));
      svg_.append("\" cy=\"").append(pixels(y_of(point.value))).append("\" r=\"3\"/>\n");
    }
  }

  Range steps_;
  Range values_;
  std::string svg_;
};

/// The numbers for the script: "series": [{"name": "train", "steps": [...], "values": [...]}].
Record numbers_of(const Chart& chart, Record frame) {
  Value::List all;
  for (const Series& series : chart.series) {
    Value::List steps;
    Value::List values;
    for (const Point& point : thinned(series.points, kMostPoints)) {
      steps.emplace_back(point.step);
      values.emplace_back(point.value);
    }
    all.emplace_back(
        Record{{"name", split_name(series.split)}, {"steps", std::move(steps)}, {"values", std::move(values)}});
  }
  frame.set("series", std::move(all));
  return frame;
}

/// "loss: train, last 0.5; eval, last 0.6", for those who cannot see it.
std::string description(const Chart& chart) {
  std::string text = chart.title + ":";
  for (const Series& series : chart.series) {
    text.append(&series == chart.series.data() ? " " : "; ").append(split_name(series.split));
    text.append(", last ").append(rate_words(series.points.back().value));
  }
  return text;
}

std::string caption(const Chart& chart) {
  std::string html = "<figcaption><b>" + escaped(chart.title) + "</b>";
  for (const Series& series : chart.series) {
    const std::string name = split_name(series.split);
    html.append("<span class=\"key ").append(name).append("\">").append(name).append(" <output>");
    html.append(rate_words(series.points.back().value)).append("</output></span>");
    const auto odd = std::count_if(series.points.begin(), series.points.end(),
                                   [](const Point& point) { return !std::isfinite(point.value); });
    if (odd > 0) html.append("<span class=\"odd\">").append(std::to_string(odd)).append(" not finite</span>");
  }
  return html + "</figcaption>\n";
}

}  // namespace

std::string chart_html(const Chart& chart, const std::vector<double>& resumes, int id) {
  const Drawing drawing(chart, resumes);
  const std::string name = "chart" + std::to_string(id);
  std::string html = "<figure>\n" + caption(chart);
  html.append("<svg id=\"")
      .append(name)
      .append("\" class=\"chart\" viewBox=\"0 0 640 260\" role=\"img\" tabindex=\"0\"");
  html.append(" aria-label=\"").append(escaped(description(chart))).append("\">\n").append(drawing.svg());
  html.append(
      "<line class=\"cursor\" y1=\"12\" y2=\"226\" x1=\"-9\" x2=\"-9\"/>\n<text class=\"step\" "
      "y=\"24\"></text>\n</svg>\n");
  html.append("<script type=\"application/json\" data-chart=\"").append(name).append("\">");
  html.append(script_json(numbers_of(chart, drawing.frame()))).append("</script>\n</figure>\n");
  return html;
}

}  // namespace baton::track::report
