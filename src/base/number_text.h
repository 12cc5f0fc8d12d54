// Numbers as text, the same in every locale.
#pragma once

#include <string>

namespace baton {

/// Python's repr() of a float: the shortest text that reads back as the same number, with a point or an exponent in it
/// ("3.0", "5e-05", "1e+16"; exponents below -4 and from 16 on); "nan", "inf", "-inf".
std::string float_repr(double value);

}  // namespace baton
