// Against a real server of our own, on 127.0.0.1.
#include "src/net/http_curl.h"

#include <gtest/gtest.h>

#include <future>

#include "src/base/files.h"
#include "src/net/url.h"
#include "tests/fakes/loopback_server.h"
#include "tests/fakes/temporary_folder.h"

namespace baton::net {
namespace {

using fakes::LoopbackServer;
using fakes::ServedAnswer;
using fakes::ServedRequest;
using Way = ServedAnswer::Way;

/// One that always answers the same.
LoopbackServer::Answering always(ServedAnswer answer) {
  return [answer](const ServedRequest&) { return answer; };
}

TransportError error_for(Way way) {
  LoopbackServer server(always({.body = "0123456789", .way = way}));
  CurlHttp http;
  return http.send({.url = server.url("/x"), .time_limit = std::chrono::milliseconds(300)}).error;
}

TEST(CurlHttp, GetsAnAnswer) {
  LoopbackServer server(always({.status = 404, .body = "not here", .headers = {{"Retry-After", "3"}, {"Empty", ""}}}));
  CurlHttp http;
  const HttpResult result = http.send({.url = server.url("/a?b=c"), .headers = {{"X-Test", "1"}}});
  EXPECT_EQ(result.error, TransportError::kNone) << result.detail;
  EXPECT_EQ(result.response.status, 404);
  EXPECT_EQ(result.response.body, "not here");
  EXPECT_EQ(result.response.header("retry-after"), "3");
  EXPECT_EQ(result.response.header("absent"), std::nullopt);
  EXPECT_EQ(server.requests().at(0).target, "/a?b=c");
  EXPECT_EQ(server.requests().at(0).header("X-Test"), "1");
}

TEST(CurlHttp, SendsTextUnderItsType) {
  LoopbackServer server;
  CurlHttp http;
  const std::string body = std::string("{\"a\":1}").append(100'000, ' ');
  EXPECT_TRUE(
      http.send({.method = "POST", .url = server.url(), .content_type = "application/json", .body = body}).ok());
  EXPECT_TRUE(http.send({.method = "PATCH", .url = server.url()}).ok());
  const auto requests = server.requests();
  EXPECT_EQ(requests.at(0).method, "POST");
  EXPECT_EQ(requests.at(0).body, body);
  EXPECT_EQ(requests.at(0).header("Content-Type"), "application/json");
  EXPECT_EQ(requests.at(1).method, "PATCH");
  EXPECT_EQ(requests.at(1).body, "");
}

TEST(CurlHttp, StreamsAPartOfAFile) {
  const fakes::TemporaryFolder folder;
  std::string content(300'000, 'a');
  content.append("middle").append(300'000, 'b');
  write_file(folder.path() / "f", content);
  LoopbackServer server;
  CurlHttp http;
  const FilePart part{folder.path() / "f", 299'999, 8};
  EXPECT_TRUE(http.send({.method = "PUT", .url = server.url("/f"), .body = part}).ok());
  EXPECT_TRUE(http.send({.method = "PUT", .url = server.url("/f"), .body = FilePart{part.file, 0, 600'006}}).ok());
  EXPECT_EQ(server.requests().at(0).body, "amiddleb");
  EXPECT_EQ(server.requests().at(1).body, content);
}

TEST(CurlHttp, AFileThatIsNotThereOrTooShortIsSaid) {
  const fakes::TemporaryFolder folder;
  write_file(folder.path() / "f", "short");
  LoopbackServer server;
  CurlHttp http;
  const auto put = [&](const FilePart& part) {
    return http.send({.method = "PUT", .url = server.url(), .body = part}).error;
  };
  EXPECT_EQ(put({folder.path() / "absent", 0, 1}), TransportError::kFile);
  EXPECT_EQ(put({folder.path() / "f", 0, 1000}), TransportError::kFile);
}

TEST(CurlHttp, KeepsItsConnection) {
  LoopbackServer server;
  CurlHttp http;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(http.send({.url = server.url()}).ok());
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlHttp, EveryFailureHasItsName) {
  EXPECT_EQ(error_for(Way::kWhole), TransportError::kNone);
  EXPECT_EQ(error_for(Way::kReset), TransportError::kReset);
  EXPECT_EQ(error_for(Way::kCutOff), TransportError::kTruncated);
  EXPECT_EQ(error_for(Way::kResetHalf), TransportError::kTruncated);
  EXPECT_EQ(error_for(Way::kNever), TransportError::kTimeout);
  EXPECT_EQ(error_for(Way::kHalf), TransportError::kTimeout);
}

TEST(CurlHttp, NobodyListensOrTheNameIsUnknown) {
  CurlHttp http;
  const std::string nobody = "http://127.0.0.1:" + std::to_string(fakes::closed_port());
  EXPECT_EQ(http.send({.url = nobody}).error, TransportError::kRefused);
  EXPECT_EQ(http.send({.url = "http://name.invalid/"}).error, TransportError::kNameNotResolved);
  EXPECT_EQ(http.send({.url = "file:///etc/hostname"}).error, TransportError::kOther) << "HTTP only";
}

TEST(CurlHttp, AnAnswerBeyondTheBoundIsNotTaken) {
  LoopbackServer server(always({.body = std::string(1001, 'x')}));
  CurlHttp http({.largest_answer = 1000});
  EXPECT_EQ(http.send({.url = server.url()}).error, TransportError::kTooLarge);
  CurlHttp larger({.largest_answer = 1001});
  EXPECT_TRUE(larger.send({.url = server.url()}).ok());
}

TEST(CurlHttp, RedirectsAreAnAnswerLikeOthers) {
  LoopbackServer server(always({.status = 302, .headers = {{"Location", "http://127.0.0.1:1/"}}}));
  CurlHttp http;
  EXPECT_EQ(http.send({.url = server.url(), .headers = {{"Authorization", "x"}}}).response.status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(CurlHttp, ABlockedRequestIsLeftAtOnce) {
  std::promise<void> asked;
  LoopbackServer server([&](const ServedRequest&) {
    asked.set_value();
    return ServedAnswer{.way = Way::kNever};
  });
  CurlHttp http;
  auto result = std::async(std::launch::async, [&] { return http.send({.url = server.url()}); });
  asked.get_future().wait();
  http.cancel();
  EXPECT_EQ(result.get().error, TransportError::kCancelled);
  EXPECT_EQ(http.send({.url = server.url()}).error, TransportError::kCancelled) << "for good";
}

TEST(CurlHttp, WhatFailedIsToldWithoutSecrets) {
  CurlHttp http;
  const std::string port = std::to_string(fakes::closed_port());
  const HttpResult result = http.send({.url = "http://user:hush@127.0.0.1:" + port + "/path?token=hush",
                                       .headers = {{"Authorization", "Bearer hush"}},
                                       .body = "hush"});
  EXPECT_NE(result.detail.find("127.0.0.1:" + port + "/path"), std::string::npos) << result.detail;
  EXPECT_EQ(result.detail.find("hush"), std::string::npos) << result.detail;
}

}  // namespace
}  // namespace baton::net
