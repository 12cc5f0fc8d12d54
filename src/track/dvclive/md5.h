// Md5: the checksum that DVC names contents by.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace baton::track {

class Md5 {
 public:
  /// Throws Error where the system's cryptography does not offer MD5.
  Md5();
  ~Md5();
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;

  void add(std::span<const std::byte> bytes);
  /// 32 hexadecimal digits. Nothing can be added after it.
  std::string digits();

  static std::string of(std::string_view text);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace baton::track
