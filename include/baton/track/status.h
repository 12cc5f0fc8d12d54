// Status: how an attempt to deliver something went. Outages are a part of normal life, so trackers return and never
// throw it.
#pragma once

#include <chrono>
#include <string>
#include <utility>

namespace baton::track {

enum class Fault {
  kNone,
  kTemporary,  ///< worth another try: an outage, a full disk, too many requests
  kRefused,    ///< this very thing will never be taken; what comes after it may be
  kUnusable,   ///< nothing will be taken before a person does something: a wrong key, a project that is not there
};

struct [[nodiscard]] Status {
  Fault fault = Fault::kNone;
  std::string reason{};                      ///< for people, one line; names who said it and what to do
  std::chrono::milliseconds retry_after{0};  ///< with kTemporary: do not try sooner

  bool ok() const { return fault == Fault::kNone; }

  static Status temporary(std::string why, std::chrono::milliseconds retry_after = {}) {
    return {Fault::kTemporary, std::move(why), retry_after};
  }
  static Status refused(std::string why) { return {Fault::kRefused, std::move(why)}; }
  static Status unusable(std::string why) { return {Fault::kUnusable, std::move(why)}; }
};

}  // namespace baton::track
