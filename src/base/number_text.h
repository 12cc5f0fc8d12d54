// Numbers as text, the same in every locale.
#pragma once

#include <string>

namespace baton {

/// Python's repr() of a float: the shortest text that reads back as the same number, with a point or an exponent in it
/// ("3.0", "5e-05", "1e+16"; exponents below -4 and from 16 on); "nan", "inf", "-inf".
std::string float_repr(double value);

/// Python's round(value, decimals): of the exact binary value, ties to even, so 0.0625 becomes 0.062 and 2.675 becomes
/// 2.67 with 3 and 2 decimals.
double python_round(double value, int decimals);

}  // namespace baton
