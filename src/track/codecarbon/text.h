// Amounts for people.
#pragma once

#include <string>
#include <vector>

namespace baton::track::carbon {

/// Three significant digits: "0.0172", "475", "1.23e+06".
std::string short_number(double value);
/// In thousandths if it is small: 0.12 of "Wh" is "120 Wh", 1.2 is "1.2 kWh".
std::string amount(double thousands, const char* unit);
/// "a, b, c"
std::string joined(const std::vector<std::string>& parts);

}  // namespace baton::track::carbon
