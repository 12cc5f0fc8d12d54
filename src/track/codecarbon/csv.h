// CSV as Python's csv module and pandas write it: commas, quotes where needed, "" for a quote in quotes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace baton::track::carbon {

struct CsvRecord {
  std::vector<std::string> fields{};
  std::size_t begin = 0;  ///< of its bytes in the text
  std::size_t end = 0;    ///< behind its line end, if it has one
};

/// Records may span lines, in quotes. Empty lines are none. Throws Error if a quote is not closed.
std::vector<CsvRecord> parse_csv(std::string_view text);

/// With a line end.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace baton::track::carbon
