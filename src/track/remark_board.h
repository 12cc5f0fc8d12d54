// RemarkBoard: where workers leave what a person should know, and the training thread picks it up.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "baton/core/notice.h"
#include "baton/track/tracker.h"

namespace baton::track {

/// Thread-safe.
class RemarkBoard final : public Remarks {
 public:
  /// Only the first of an id is kept.
  void remark(std::string_view id, std::string text) override;
  /// What is new since the last call. Costs one read of an atomic if nothing is.
  std::vector<Notice> take();

 private:
  std::atomic<bool> has_news_ = false;
  std::mutex mutex_;
  std::set<std::string, std::less<>> said_;
  std::vector<Notice> news_;
};

}  // namespace baton::track
