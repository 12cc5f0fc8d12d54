// A chart as SVG, with its numbers beside it for the script that shows them.
#pragma once

#include <string>
#include <vector>

#include "src/track/report/series.h"

namespace baton::track::report {

/// A figure element. `resumes` are steps from which a resume went on; `id` is unique in the page. Values that are not
/// finite leave gaps.
std::string chart_html(const Chart& chart, const std::vector<double>& resumes, int id);

}  // namespace baton::track::report
