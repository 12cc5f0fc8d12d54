#include "src/track/dvclive/md5.h"

#include <openssl/evp.h>

#include <array>

#include "baton/core/errors.h"

namespace baton::track {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
};

void check(int success) {
  if (success != 1) throw Error("This system's OpenSSL offers no MD5, by which DVC names artifacts");
}

}  // namespace

struct Md5::Context {
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest{EVP_MD_CTX_new()};
};

Md5::Md5() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex(context_->digest.get(), EVP_md5(), nullptr));
}

Md5::~Md5() = default;

void Md5::add(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()));
}

std::string Md5::digits() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context_->digest.get(), bytes.data(), &size));
  std::string text;
  for (const unsigned char byte : std::span(bytes).first(size)) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

std::string Md5::of(std::string_view text) {
  Md5 sum;
  sum.add(std::as_bytes(std::span(text)));
  return sum.digits();
}

}  // namespace baton::track
