// How the report looks, and what it does when one points at a curve.
#pragma once

#include <string_view>

namespace baton::track::report {

std::string_view style_sheet();
std::string_view script();

}  // namespace baton::track::report
