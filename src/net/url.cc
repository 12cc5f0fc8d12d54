#include "src/net/url.h"

#include <algorithm>
#include <cstdint>

namespace baton::net {

namespace {

bool is_plain(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
         letter == '-' || letter == '.' || letter == '_' || letter == '~';
}

std::string encoded(std::string_view text, char kept) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (is_plain(letter) || letter == kept) {
      result += letter;
    } else {
      result.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return result;
}

/// Where the part between "//" and the path begins, and where it ends.
std::pair<std::size_t, std::size_t> authority_of(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::size_t begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t end = url.find_first_of("/?#", begin);
  return {begin, end == std::string_view::npos ? url.size() : end};
}

/// Behind the "@", or `begin` if there is none.
std::size_t host_begin(std::string_view url, std::size_t begin, std::size_t end) {
  const std::size_t at = url.substr(begin, end - begin).rfind('@');
  return at == std::string_view::npos ? begin : begin + at + 1;
}

}  // namespace

std::string percent_encoded(std::string_view text) { return encoded(text, '-'); }
std::string percent_encoded_path(std::string_view path) { return encoded(path, '/'); }

std::string query_text(const std::vector<std::pair<std::string_view, std::string_view>>& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    text.append(percent_encoded(name)).append("=").append(percent_encoded(value));
  }
  return text;
}

std::string shown_url(std::string_view url) {
  const auto [begin, end] = authority_of(url);
  const std::size_t path_end = std::min(url.find_first_of("?#", end), url.size());
  const std::size_t host = host_begin(url, begin, end);
  return std::string(url.substr(0, begin)).append(url.substr(host, path_end - host));
}

bool has_user(std::string_view url) {
  const auto [begin, end] = authority_of(url);
  return host_begin(url, begin, end) != begin;
}

std::string base64(std::string_view bytes) {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) text += k <= group.size() ? kLetters[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace baton::net
