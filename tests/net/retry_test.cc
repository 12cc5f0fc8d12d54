#include "src/net/retry.h"

#include <gtest/gtest.h>

namespace baton::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HttpResult answered(int status) { return {.response = {.status = status}}; }
HttpResult failed(TransportError error) { return {.error = error}; }

std::optional<milliseconds> asked(const char* retry, const char* date = "Sun, 22 Nov 2026 10:15:30 GMT") {
  return retry_after({.status = 429, .headers = {{"date", date}, {"retry-after", retry}}});
}

TEST(Retry, StatusesSayWhatComesNext) {
  const std::pair<int, Verdict> verdicts[] = {
      {200, Verdict::kTaken},   {204, Verdict::kTaken},    // done
      {301, Verdict::kBarred},                             // credentials are not carried elsewhere
      {400, Verdict::kRefused}, {404, Verdict::kRefused},  // this request
      {413, Verdict::kRefused}, {501, Verdict::kRefused},  // will not become smaller, or known
      {401, Verdict::kBarred},  {403, Verdict::kBarred},   // a person has to act
      {408, Verdict::kAgain},   {429, Verdict::kAgain},    // the server says so
      {500, Verdict::kAgain},   {503, Verdict::kAgain}};   // an outage
  for (const auto& [status, verdict] : verdicts) EXPECT_EQ(verdict_of(answered(status)), verdict) << status;
}

TEST(Retry, BrokenConnectionsAreTriedAgainButWrongCertificatesAreNot) {
  for (const auto error : {TransportError::kNameNotResolved, TransportError::kRefused, TransportError::kTimeout,
                           TransportError::kReset, TransportError::kTruncated, TransportError::kCancelled}) {
    EXPECT_EQ(verdict_of(failed(error)), Verdict::kAgain);
  }
  EXPECT_EQ(verdict_of(failed(TransportError::kTls)), Verdict::kBarred);
  EXPECT_EQ(verdict_of(failed(TransportError::kFile)), Verdict::kRefused);
}

TEST(Retry, TheServerMayAskForSeconds) {
  EXPECT_EQ(asked("7"), seconds(7));
  EXPECT_EQ(asked("0"), seconds(0));
  EXPECT_EQ(asked("99999999999"), seconds(86400));
}

TEST(Retry, TheServerMayNameADateByItsOwnClock) {
  EXPECT_EQ(asked("Sun, 22 Nov 2026 10:16:00 GMT"), seconds(30));
  EXPECT_EQ(asked("Mon, 23 Nov 2026 00:00:00 GMT"), seconds(49470));
  EXPECT_EQ(asked("Sun, 22 Nov 2026 10:00:00 GMT"), seconds(0)) << "has passed";
  EXPECT_EQ(asked("Sun, 22 Nov 2026 10:16:00 GMT", "?"), std::nullopt) << "by which clock?";
}

TEST(Retry, WhatIsNeitherAsksForNothing) {
  for (const char* text : {"", "soon", "-1", "1.5", "Sun, 31 Feb 2026 10:16:00 GMT", "Sun, 22 Foo 2026 10:16:00 GMT"}) {
    EXPECT_EQ(asked(text), std::nullopt) << text;
  }
  EXPECT_EQ(retry_after({.status = 429}), std::nullopt);
}

}  // namespace
}  // namespace baton::net
