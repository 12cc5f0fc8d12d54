#include "src/base/type_name.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace baton {
namespace {

/// Where the last name of a qualified one begins. Read from the right: a "::" inside brackets belongs to an argument.
std::size_t last_name_begin(std::string_view name) {
  int depth = 0;
  for (std::size_t i = name.size(); i > 1; --i) {
    const char c = name[i - 1];
    if (c == '>' || c == ')' || c == '}') ++depth;
    if (c == '<' || c == '(' || c == '{') --depth;
    if (depth == 0 && c == ':' && name[i - 2] == ':') return i;
  }
  return 0;
}

}  // namespace

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? name.get() : type.name();
}

std::string short_type_name(const std::type_info& type) {
  const std::string name = type_name(type);
  return name.substr(last_name_begin(name));
}

}  // namespace baton
