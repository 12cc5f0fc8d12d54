#include "tests/fakes/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace baton::fakes {

namespace {

using Way = ServedAnswer::Way;

/// A socket on a free port of 127.0.0.1, and the port.
std::pair<int, int> bound_socket() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (socket < 0 || ::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0) {
    throw std::runtime_error("no socket on 127.0.0.1");
  }
  return {socket, ntohs(address.sin_port)};
}

/// The bytes of one connection.
class Stream {
 public:
  explicit Stream(int socket) : socket_(socket) {}

  std::optional<std::string> line() {
    for (std::size_t end = buffer_.find("\r\n");; end = buffer_.find("\r\n")) {
      if (end != std::string::npos) return take(end + 2).substr(0, end);
      if (!fill()) return std::nullopt;
    }
  }
  std::optional<std::string> bytes(std::size_t count) {
    while (buffer_.size() < count) {
      if (!fill()) return std::nullopt;
    }
    return take(count);
  }

 private:
  std::string take(std::size_t count) {
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return taken;
  }
  bool fill() {
    char block[65536];
    const ssize_t count = ::recv(socket_, block, sizeof block, 0);
    if (count > 0) buffer_.append(block, static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_;
  std::string buffer_;
};

std::optional<ServedRequest> next_request(Stream& stream) {
  const auto first = stream.line();
  if (!first) return std::nullopt;
  ServedRequest request;
  const std::size_t blank = first->find(' ');
  request.method = first->substr(0, blank);
  request.target = first->substr(blank + 1, first->rfind(' ') - blank - 1);
  for (auto line = stream.line(); line && !line->empty(); line = stream.line()) {
    const std::size_t colon = line->find(": ");
    request.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
  }
  const std::string length = request.header("Content-Length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  auto body = stream.bytes(size);
  if (!body) return std::nullopt;
  request.body = std::move(*body);
  return request;
}

void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// What is sent when the socket is closed next is a reset.
void reset_on_close(int socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::string head_of(const ServedAnswer& answer) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\n";
  for (const auto& [name, value] : answer.headers) head.append(name).append(": ").append(value).append("\r\n");
  return head.append("Content-Length: ").append(std::to_string(answer.body.size())).append("\r\n\r\n");
}

}  // namespace

std::string ServedRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

LoopbackServer::LoopbackServer(Answering answering) : answering_(std::move(answering)) {
  std::tie(listener_, port_) = bound_socket();
  if (::listen(listener_, 16) != 0) throw std::runtime_error("cannot listen on 127.0.0.1");
  accepting_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  accepting_.join();
  for (std::thread& thread : serving_) thread.join();
  ::close(listener_);
}

std::string LoopbackServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::vector<ServedRequest> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t LoopbackServer::connections() const {
  const std::lock_guard lock(mutex_);
  return serving_.size();
}

void LoopbackServer::accept_all() {
  for (int socket = ::accept(listener_, nullptr, nullptr); socket >= 0;
       socket = ::accept(listener_, nullptr, nullptr)) {
    const std::lock_guard lock(mutex_);
    if (ending_) {
      ::close(socket);
      return;
    }
    open_.insert(socket);
    serving_.emplace_back([this, socket] { serve(socket); });
  }
}

void LoopbackServer::serve(int socket) {
  Stream stream(socket);
  for (auto request = next_request(stream); request; request = next_request(stream)) {
    if (!answer(socket, *request)) break;
  }
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  ::close(socket);
}

/// True if the connection goes on.
bool LoopbackServer::answer(int socket, const ServedRequest& request) {
  ServedAnswer answer;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    answer = answering_(request);
  }
  if (answer.way == Way::kNever) return true;  // and reads on, which ends when the client goes
  if (answer.way == Way::kReset || answer.way == Way::kResetHalf) reset_on_close(socket);
  if (answer.way == Way::kReset) return false;
  const std::size_t sent = answer.way == Way::kWhole ? answer.body.size() : answer.body.size() / 2;
  send_all(socket, head_of(answer) + answer.body.substr(0, sent));
  return answer.way == Way::kWhole || answer.way == Way::kHalf;
}

int closed_port() {
  const auto [socket, port] = bound_socket();
  ::close(socket);
  return port;
}

}  // namespace baton::fakes
