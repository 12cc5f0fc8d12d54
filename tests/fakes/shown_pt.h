// Values of .pt files as the golden files show them.
#pragma once

#include "baton/core/value.h"
#include "src/formats/pt.h"

namespace baton::fakes {

/// The JSON of tests/golden/make_pt_golden.py for the same value.
Value shown(const pt::Value& value);

}  // namespace baton::fakes
