#include "src/track/http_status.h"

#include <algorithm>
#include <string>

#include "src/base/json.h"
#include "src/base/utf8.h"
#include "src/net/retry.h"

namespace baton::track {

namespace {

constexpr std::size_t kLongestWords = 300;

/// What an answer says in words: the field "message" or "error" of JSON, else the text itself, on one line.
std::string words_of(const std::string& body) {
  std::string words = body;
  try {
    const Value value = json::parse(body, "answer");
    for (const char* key : {"error", "message"}) {
      const Value* const found = value.record() == nullptr ? nullptr : value.record()->find(key);
      if (found != nullptr && found->text() != nullptr) words = *found->text();
    }
  } catch (const JsonError&) {  // plain text, of a proxy for example
  }
  std::replace_if(
      words.begin(), words.end(), [](unsigned char letter) { return letter < ' '; }, ' ');
  return shortened(words, kLongestWords);
}

std::string_view advice_for(int status) {
  if (status == 401 || status == 407) return ": check user, password or token";
  if (status == 403) return ": these credentials, or this host name, are not allowed there";
  if (status >= 300 && status < 400) return ": redirects are not followed, give the final address";
  return "";
}

std::string reason_of(const net::HttpResult& result, std::string_view who) {
  std::string reason(who);
  if (result.error != net::TransportError::kNone) return reason.append(" cannot be reached: ").append(result.detail);
  const net::HttpResponse& response = result.response;
  reason.append(" answered ").append(std::to_string(response.status)).append(advice_for(response.status));
  if (const auto location = response.header("Location")) {
    reason.append(" (").append(*location).append(")");
  } else if (!response.body.empty()) {
    reason.append(" (").append(words_of(response.body)).append(")");
  }
  return reason;
}

}  // namespace

Status status_of(const net::HttpResult& result, std::string_view who) {
  switch (net::verdict_of(result)) {
    case net::Verdict::kTaken:
      return {};
    case net::Verdict::kAgain:
      return Status::temporary(reason_of(result, who),
                               net::retry_after(result.response).value_or(Status().retry_after));
    case net::Verdict::kRefused:
      return Status::refused(reason_of(result, who));
    case net::Verdict::kBarred:
      break;
  }
  return Status::unusable(reason_of(result, who));
}

}  // namespace baton::track
