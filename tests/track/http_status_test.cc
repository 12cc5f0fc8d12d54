#include "src/track/http_status.h"

#include <gtest/gtest.h>

namespace baton::track {
namespace {

using net::HttpResult;

HttpResult answered(int status, std::string body, std::vector<net::Header> headers = {}) {
  return {.response = {.status = status, .headers = std::move(headers), .body = std::move(body)}};
}

TEST(HttpStatus, AServiceThatIsBusySaysWhenToComeBack) {
  const Status status = status_of(answered(429, "slow down\n", {{"Retry-After", "5"}}), "MLflow");
  EXPECT_EQ(status.fault, Fault::kTemporary);
  EXPECT_EQ(status.retry_after, std::chrono::seconds(5));
  EXPECT_EQ(status.reason, "MLflow answered 429 (slow down )");
}

TEST(HttpStatus, TheServicesOwnWordsAreTold) {
  const Status status = status_of(answered(400, R"({"error_code": "BAD", "message": "no such key"})"), "MLflow");
  EXPECT_EQ(status.fault, Fault::kRefused);
  EXPECT_EQ(status.reason, "MLflow answered 400 (no such key)");
}

TEST(HttpStatus, ALongAnswerIsShortened) {
  EXPECT_LT(status_of(answered(500, std::string(10'000, 'x')), "MLflow").reason.size(), 400U);
}

TEST(HttpStatus, WrongCredentialsSayWhatToCheck) {
  const Status status = status_of(answered(401, ""), "MLflow");
  EXPECT_EQ(status.fault, Fault::kUnusable);
  EXPECT_EQ(status.reason, "MLflow answered 401: check user, password or token");
}

TEST(HttpStatus, ARedirectNamesTheAddress) {
  const Status status = status_of(answered(301, "moved", {{"Location", "https://there"}}), "MLflow");
  EXPECT_EQ(status.fault, Fault::kUnusable);
  EXPECT_NE(status.reason.find("https://there"), std::string::npos);
}

TEST(HttpStatus, AnOutageIsTemporaryAndAnAnswerIsFine) {
  const Status status = status_of({net::TransportError::kRefused, "http://h: refused", {}}, "MLflow");
  EXPECT_EQ(status.fault, Fault::kTemporary);
  EXPECT_EQ(status.reason, "MLflow cannot be reached: http://h: refused");
  EXPECT_TRUE(status_of(answered(204, ""), "MLflow").ok());
}

}  // namespace
}  // namespace baton::track
