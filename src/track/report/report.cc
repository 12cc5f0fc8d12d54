#include "src/track/report/report.h"

#include <vector>

#include "src/track/report/assets.h"
#include "src/track/report/chart_svg.h"
#include "src/track/report/markup.h"
#include "src/track/report/sections.h"
#include "src/track/report/series.h"

namespace baton::track {

namespace {

using namespace report;

/// Steps from which resumes went on.
std::vector<double> resumes_of(std::span<const Entry> entries) {
  std::vector<double> steps;
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kBegin && entry.generation > 0) steps.push_back(static_cast<double>(entry.step));
  }
  return steps;
}

std::string charts_html(const std::vector<Chart>& charts, const std::vector<double>& resumes, int first_id) {
  std::string html;
  for (const Chart& chart : charts) html += chart_html(chart, resumes, first_id++);
  return html.empty() ? html : "<div class=\"charts\">\n" + html + "</div>\n";
}

std::string curves_html(const Curves& curves, const std::vector<double>& resumes) {
  std::string html = charts_html(curves.charts, resumes, 0);
  const int next = static_cast<int>(curves.charts.size());
  if (const std::string speed = charts_html(curves.speed_charts, resumes, next); !speed.empty())
    html += "<details><summary>Speed</summary>\n" + speed + "</details>\n";
  return section("Curves", html);
}

/// Nothing may be loaded from anywhere, whatever a text tries.
constexpr const char* kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
)";

std::string title_of(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::kBegin) continue;
    for (const char* key : {"name", "run_id"}) {
      const Value* const value = entry.values.find(key);
      if (value != nullptr && value->text() != nullptr && !value->text()->empty()) return *value->text();
    }
  }
  return "Run";
}

}  // namespace

std::string report_html(const ReportInput& input) {
  const Curves curves = curves_of(input.entries);
  std::string html = kHead;
  html.append("<title>").append(escaped(title_of(input.entries))).append("</title>\n<style>").append(style_sheet());
  html.append("</style>\n</head>\n<body>\n<main>\n");
  html += header_html(input.entries) + summary_html(curves.summary) + curves_html(curves, resumes_of(input.entries)) +
          times_html(input.entries) + artifacts_html(input.entries) + notices_html(input.entries) +
          texts_html(input.entries) + parameters_html(input.entries);
  html.append("</main>\n<script>").append(script()).append("</script>\n</body>\n</html>\n");
  return html;
}

}  // namespace baton::track
