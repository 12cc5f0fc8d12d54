// Numbers in sentences and tables for people.
#pragma once

#include <cstdint>
#include <string>

namespace baton {

/// "1 update", "3 updates"; `many` where adding an s is not enough.
std::string counted(std::int64_t count, const std::string& one, const std::string& many = "");
/// As it was probably typed: "500", "0.07", "2.5".
std::string number_words(double number);
/// Four significant digits: "5e-05", "0.0003", "4.225e-05".
std::string rate_words(double rate);

}  // namespace baton
