// How a log record looks on a screen: hf-contract §8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "baton/core/value.h"

namespace baton {

/// Python's f"{value:.4g}": four significant digits at most.
std::string four_digits(double value);

/// The copy of `logs` that is shown: floats as texts of four digits, no total_flos, and a notice in place of a text of
/// more than `max_str_len` characters.
Record shown_record(const LogRecord& logs, std::optional<std::int64_t> max_str_len = std::nullopt);

/// Python's repr(): {'loss': '0.1235', 'epoch': '1'}
std::string python_repr(const Value& value);

}  // namespace baton
