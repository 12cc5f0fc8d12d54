// Readable names of C++ types, for messages. They depend on the compiler: never write them to a file.
#pragma once

#include <string>
#include <typeinfo>

namespace baton {

/// The type's full name, "baton::EarlyStoppingCallback".
std::string type_name(const std::type_info& type);

/// Without the namespaces, functions and classes around it: "EarlyStoppingCallback". Template arguments stay as they
/// are.
std::string short_type_name(const std::type_info& type);

}  // namespace baton
