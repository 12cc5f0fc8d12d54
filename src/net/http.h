// Http: requests to a server and what came of them. A seam: tests put a fake in its place. The real one: http_curl.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace baton::net {

struct Header {
  std::string name;
  std::string value;
};

/// A part of a file, sent block by block.
struct FilePart {
  std::filesystem::path file;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers{};
  std::string content_type{};  ///< of the body
  std::variant<std::string, FilePart> body{};
  std::chrono::milliseconds time_limit{0};  ///< for all of it; 0: as long as something moves
};

struct HttpResponse {
  int status = 0;
  std::vector<Header> headers{};
  std::string body{};

  bool ok() const { return status >= 200 && status < 300; }
  /// The first of that name, in any case.
  std::optional<std::string_view> header(std::string_view name) const;
};

/// Why there is no whole answer.
enum class TransportError {
  kNone,
  kNameNotResolved,
  kRefused,    ///< nobody listens, or the machine cannot be reached
  kTimeout,    ///< connecting, answering or a pause in it took too long
  kReset,      ///< the connection broke before the answer began
  kTruncated,  ///< ... or in it
  kTls,        ///< the server is not the one it should be, or a certificate of ours cannot be used
  kTooLarge,   ///< the answer exceeds the client's bound
  kCancelled,
  kFile,  ///< the file to send is not there or shorter than said
  kOther,
};

/// An answer, whatever its status, or the reason why there is none.
struct [[nodiscard]] HttpResult {
  TransportError error = TransportError::kNone;
  std::string detail{};  ///< for people, of `error`; holds no header and no query, so no secret
  HttpResponse response{};

  bool ok() const { return error == TransportError::kNone && response.ok(); }
};

class Http {
 public:
  virtual ~Http() = default;
  /// Blocks until the answer is there. Does not throw. For one thread at a time.
  virtual HttpResult send(const HttpRequest& request) = 0;
  /// From any thread, for good: a request under way ends at once, as do all later ones, with kCancelled.
  virtual void cancel() noexcept {}
};

}  // namespace baton::net
