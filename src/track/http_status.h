// What an HTTP request came to, as a tracker reports it.
#pragma once

#include <string_view>

#include "baton/track/status.h"
#include "src/net/http.h"

namespace baton::track {

/// `who` is the service: "MLflow". The reason holds the service's own words, shortened, and says what to do where that
/// is known; nothing of what was sent.
Status status_of(const net::HttpResult& result, std::string_view who);

}  // namespace baton::track
