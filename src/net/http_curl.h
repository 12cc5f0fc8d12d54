// CurlHttp: Http by libcurl, HTTP/1.1 over kept connections. Proxies come from the environment as in curl itself;
// redirects are not followed, because credentials would go with the request.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>

#include "src/net/http.h"

namespace baton::net {

struct CurlOptions {
  std::chrono::milliseconds connect_limit{10'000};
  std::chrono::seconds stall_limit{60};  ///< ends a transfer in which nothing has moved for so long
  std::size_t largest_answer = std::size_t{64} << 20;
  bool verify_tls = true;
  std::filesystem::path ca_file{};             ///< empty: the system's
  std::filesystem::path client_certificate{};  ///< PEM, with its key; empty: none
};

class CurlHttp final : public Http {
 public:
  explicit CurlHttp(CurlOptions options = {});
  ~CurlHttp() override;

  HttpResult send(const HttpRequest& request) override;
  void cancel() noexcept override;

 private:
  struct Handles;

  CurlOptions options_;
  std::unique_ptr<Handles> handles_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace baton::net
