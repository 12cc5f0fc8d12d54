// Which requests are worth another try, and when a server wants to see them.
#pragma once

#include <chrono>
#include <optional>

#include "src/net/http.h"

namespace baton::net {

enum class Verdict {
  kTaken,
  kAgain,    ///< an outage, an overloaded server: the same request may succeed later
  kRefused,  ///< the server wants no such request, but may want others
  kBarred,   ///< no request will be taken before a person does something: credentials, certificates, the address
};

Verdict verdict_of(const HttpResult& result);

/// What the header Retry-After asks for: seconds, or an HTTP date ("Sun, 22 Nov 2026 10:15:30 GMT"), which is measured
/// by the answer's own Date. Nothing if it is neither; at most a day; 0 for a date that has passed.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response);

}  // namespace baton::net
