#include "src/net/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace baton::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kDay = 24 * 60 * 60;

Verdict verdict_of(int status) {
  if (status >= 200 && status < 300) return Verdict::kTaken;
  if (status >= 300 && status < 400) return Verdict::kBarred;  // not followed: credentials would go with it
  if (status == 401 || status == 403 || status == 407) return Verdict::kBarred;
  if (status == 408 || status == 425 || status == 429) return Verdict::kAgain;
  return status >= 500 && status != 501 ? Verdict::kAgain : Verdict::kRefused;
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<unsigned> month_in(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

/// "Sun, 22 Nov 2026 10:15:30 GMT" as seconds since 1970.
std::optional<std::int64_t> http_date(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT") || text[19] != ':' || text[22] != ':') return std::nullopt;
  const auto day = number_in(text.substr(5, 2)), year = number_in(text.substr(12, 4));
  const auto hour = number_in(text.substr(17, 2)), minute = number_in(text.substr(20, 2));
  const auto second = number_in(text.substr(23, 2));
  const auto month = month_in(text.substr(8, 3));
  if (!day || !year || !hour || !minute || !second || !month) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * kDay + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace

Verdict verdict_of(const HttpResult& result) {
  switch (result.error) {
    case TransportError::kNone:
      return verdict_of(result.response.status);
    case TransportError::kTls:
      return Verdict::kBarred;
    case TransportError::kTooLarge:
    case TransportError::kFile:
      return Verdict::kRefused;
    case TransportError::kNameNotResolved:
    case TransportError::kRefused:
    case TransportError::kTimeout:
    case TransportError::kReset:
    case TransportError::kTruncated:
    case TransportError::kCancelled:
    case TransportError::kOther:
      break;
  }
  return Verdict::kAgain;
}

std::optional<milliseconds> retry_after(const HttpResponse& response) {
  const std::string_view header = response.header("Retry-After").value_or("");
  std::optional<std::int64_t> wait = number_in(header);
  if (!wait) {
    const auto then = http_date(header), now = http_date(response.header("Date").value_or(""));
    if (then && now) wait = *then - *now;
  }
  if (!wait) return std::nullopt;
  return milliseconds(seconds(std::clamp<std::int64_t>(*wait, 0, kDay)));
}

}  // namespace baton::net
