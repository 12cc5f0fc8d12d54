// Pieces of HTML.
#pragma once

#include <string>
#include <string_view>

#include "baton/core/value.h"

namespace baton::track::report {

/// Text that means itself, in content and in attributes.
std::string escaped(std::string_view text);

/// JSON for a script element: no < in it, and null for numbers that are not finite.
std::string script_json(const Value& value);

/// A value for a table cell, not escaped: texts as they are, the rest as JSON.
std::string shown(const Value& value);

/// A heading and what belongs to it; "" if `content` is empty.
std::string section(std::string_view heading, const std::string& content);

}  // namespace baton::track::report
