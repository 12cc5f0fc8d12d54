#include "src/net/http_curl.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "src/net/url.h"

namespace baton::net {

namespace {

using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// Once a process; curl 7.84 and newer would do it by themselves, older ones not safely.
void prepare_curl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

/// The file of a request's body, read as curl asks for it.
class BodyFile {
 public:
  explicit BodyFile(const FilePart& part) : part_(part), descriptor_(::open(part.file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~BodyFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  static std::size_t read(char* to, std::size_t item, std::size_t items, void* self) {
    return static_cast<BodyFile*>(self)->next(to, item * items);
  }
  static int seek(void* self, curl_off_t offset, int origin) {
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<BodyFile*>(self)->done_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
  }

 private:
  std::size_t next(char* to, std::size_t size) {
    const std::size_t wanted = std::min<std::uint64_t>(size, part_.size - done_);
    if (wanted == 0) return 0;
    const ssize_t count = ::pread(descriptor_, to, wanted, static_cast<off_t>(part_.offset + done_));
    if (count <= 0) return CURL_READFUNC_ABORT;
    done_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }

  const FilePart& part_;
  int descriptor_;
  std::uint64_t done_ = 0;
};

/// The answer as it comes in.
struct Incoming {
  HttpResponse response;
  std::size_t largest;
  bool too_large = false;

  static std::size_t take_body(char* bytes, std::size_t item, std::size_t items, void* self) {
    auto& incoming = *static_cast<Incoming*>(self);
    incoming.too_large = item * items > incoming.largest - incoming.response.body.size();
    if (incoming.too_large) return 0;
    incoming.response.body.append(bytes, item * items);
    return item * items;
  }
  static std::size_t take_header(char* bytes, std::size_t item, std::size_t items, void* self) {
    static_cast<Incoming*>(self)->add_header({bytes, item * items});
    return item * items;
  }

 private:
  void add_header(std::string_view line) {
    if (line.starts_with("HTTP/")) response.headers.clear();  // those before were of an interim answer
    const std::size_t colon = line.find(':');
    const std::size_t end = line.find_last_not_of(" \r\n");
    if (colon == std::string_view::npos || end == std::string_view::npos) return;
    const std::size_t begin = line.find_first_not_of(' ', colon + 1);
    const std::string_view value = begin > end ? "" : line.substr(begin, end + 1 - begin);
    response.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  }
};

TransportError error_of(CURLcode code, const Incoming& incoming) {
  switch (code) {
    case CURLE_OK:
      return TransportError::kNone;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportError::kNameNotResolved;
    case CURLE_COULDNT_CONNECT:
      return TransportError::kRefused;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportError::kTimeout;
    case CURLE_PARTIAL_FILE:
      return TransportError::kTruncated;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:  // also what a connection cut off in the handshake looks like
      return incoming.response.headers.empty() ? TransportError::kReset : TransportError::kTruncated;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return TransportError::kTls;
    case CURLE_WRITE_ERROR:
      return incoming.too_large ? TransportError::kTooLarge : TransportError::kOther;
    case CURLE_READ_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
      return TransportError::kFile;
    default:
      return TransportError::kOther;
  }
}

CurlList header_list(const HttpRequest& request) {
  CurlList list(nullptr, &curl_slist_free_all);
  const auto add = [&](const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); };
  for (const Header& header : request.headers) add(header.name + ": " + header.value);
  if (!request.content_type.empty()) add("Content-Type: " + request.content_type);
  add("Expect:");  // else a large body would wait a second for a go-ahead that many servers never give
  return list;
}

void set_body(CURL* easy, const HttpRequest& request, BodyFile* file) {
  if (file != nullptr) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(std::get<FilePart>(request.body).size));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &BodyFile::read);
    curl_easy_setopt(easy, CURLOPT_READDATA, file);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &BodyFile::seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, file);
  } else if (const auto& text = std::get<std::string>(request.body); !text.empty() || request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_options(CURL* easy, const CurlOptions& options) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_limit.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_limit.count()));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.client_certificate.empty()) curl_easy_setopt(easy, CURLOPT_SSLCERT, options.client_certificate.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Incoming::take_body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Incoming::take_header);
}

HttpResult failure(TransportError error, std::string detail) { return {error, std::move(detail), {}}; }

}  // namespace

/// The multi handle keeps the connections, and can be woken from another thread.
struct CurlHttp::Handles {
  CURLM* multi = curl_multi_init();
  CURL* easy = curl_easy_init();

  Handles() = default;
  ~Handles() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  CURLcode perform(const std::atomic<bool>& cancelled) {
    curl_multi_add_handle(multi, easy);
    for (int running = 1; running > 0 && !cancelled;) {
      if (curl_multi_perform(multi, &running) != CURLM_OK) break;
      if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi, &left);
    const CURLcode code = message == nullptr ? CURLE_FAILED_INIT : message->data.result;
    curl_multi_remove_handle(multi, easy);
    return code;
  }
};

CurlHttp::CurlHttp(CurlOptions options) : options_(std::move(options)) {
  prepare_curl();
  handles_ = std::make_unique<Handles>();
}
CurlHttp::~CurlHttp() = default;

void CurlHttp::cancel() noexcept {
  cancelled_ = true;
  curl_multi_wakeup(handles_->multi);
}

HttpResult CurlHttp::send(const HttpRequest& request) {
  const std::string where = shown_url(request.url);
  CURL* const easy = handles_->easy;
  std::optional<BodyFile> file;
  if (const auto* part = std::get_if<FilePart>(&request.body)) {
    if (!file.emplace(*part).is_open()) return failure(TransportError::kFile, "cannot read " + part->file.string());
  }
  Incoming incoming{.response = {}, .largest = options_.largest_answer};
  const CurlList headers = header_list(request);
  curl_easy_reset(easy);
  set_options(easy, options_);
  set_body(easy, request, file ? &*file : nullptr);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.time_limit.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &incoming);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &incoming);
  char reason[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);

  const CURLcode code = handles_->perform(cancelled_);
  if (code != CURLE_OK && cancelled_) return failure(TransportError::kCancelled, "given up: " + where);
  if (code != CURLE_OK) {
    return failure(error_of(code, incoming), where + ": " + (*reason != '\0' ? reason : curl_easy_strerror(code)));
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  incoming.response.status = static_cast<int>(status);
  return {TransportError::kNone, {}, std::move(incoming.response)};
}

}  // namespace baton::net
