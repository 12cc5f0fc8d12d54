// Texts of records whose content somebody else decided.
#pragma once

#include <string>
#include <string_view>

#include "baton/core/value.h"

namespace baton::track {

/// The text under the key; "" if there is none.
std::string text_in(const Record& record, std::string_view key);

}  // namespace baton::track
