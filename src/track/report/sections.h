// The sections of a report but its curves. Each is "" where there is nothing to tell.
#pragma once

#include <span>
#include <string>

#include "baton/track/entry.h"

namespace baton::track::report {

/// Name, status, and the facts of the run.
std::string header_html(std::span<const Entry> entries);
/// The numbers that describe the whole run.
std::string summary_html(const Record& summary);
/// A bar and a table of the time by phase and callback, all processes of the run together.
std::string times_html(std::span<const Entry> entries);
std::string parameters_html(std::span<const Entry> entries);
std::string artifacts_html(std::span<const Entry> entries);
std::string texts_html(std::span<const Entry> entries);
std::string notices_html(std::span<const Entry> entries);

}  // namespace baton::track::report
