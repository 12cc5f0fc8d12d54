// The name of this machine.
#pragma once

#include <string>

namespace baton {

/// "localhost" if the system does not tell.
std::string host_name();

}  // namespace baton
