// The report of a run: one HTML file with everything in it, for a browser without a network.
#pragma once

#include <span>
#include <string>

#include "baton/track/entry.h"

namespace baton::track {

struct ReportInput {
  /// In the order of the journal, without those that a resume superseded.
  std::span<const Entry> entries{};
};

/// Curves of all numbers that were logged, trainings and evaluations of the same in one picture; parameters, where the
/// time went, checkpoints and other artifacts, texts, notices, and how the run ended. Light or dark as the browser
/// likes it. Long curves are thinned to what a screen can show; the smallest and largest values stay. The same entries
/// make the same bytes. Texts may hold anything: none of them becomes markup.
std::string report_html(const ReportInput& input);

}  // namespace baton::track
