// LoopbackServer: a small HTTP/1.1 server on 127.0.0.1 that answers as a test says, well or badly.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace baton::fakes {

struct ServedRequest {
  std::string method;
  std::string target;  ///< path and query, as sent
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The value of the header of this exact name, or "".
  std::string header(std::string_view name) const;
};

struct ServedAnswer {
  enum class Way {
    kWhole,
    kReset,      ///< the connection is reset in the place of an answer
    kCutOff,     ///< ... closed in the middle of the body
    kResetHalf,  ///< ... reset there
    kNever,      ///< nothing comes
    kHalf,       ///< half of the body comes, and nothing more
  };
  int status = 200;
  std::string body = "{}";
  std::vector<std::pair<std::string, std::string>> headers{};
  Way way = Way::kWhole;
};

class LoopbackServer {
 public:
  /// Called for each request, by one thread at a time.
  using Answering = std::function<ServedAnswer(const ServedRequest&)>;

  explicit LoopbackServer(Answering answering = [](const ServedRequest&) { return ServedAnswer{}; });
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  int port() const { return port_; }
  /// "http://127.0.0.1:PORT" and the path.
  std::string url(std::string_view path = "") const;
  std::vector<ServedRequest> requests() const;
  /// How many connections were opened.
  std::size_t connections() const;

 private:
  void accept_all();
  void serve(int socket);
  bool answer(int socket, const ServedRequest& request);

  const Answering answering_;
  int listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<ServedRequest> requests_;
  std::set<int> open_;
  std::vector<std::thread> serving_;
  bool ending_ = false;
  std::thread accepting_;
};

/// A port of 127.0.0.1 at which nobody listens.
int closed_port();

}  // namespace baton::fakes
