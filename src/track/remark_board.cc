#include "src/track/remark_board.h"

#include <utility>

namespace baton::track {

void RemarkBoard::remark(std::string_view id, std::string text) {
  const std::lock_guard lock(mutex_);
  if (!said_.emplace(id).second) return;
  news_.push_back({std::string(id), std::move(text)});
  has_news_.store(true, std::memory_order_release);
}

std::vector<Notice> RemarkBoard::take() {
  if (!has_news_.load(std::memory_order_acquire)) return {};
  const std::lock_guard lock(mutex_);
  has_news_.store(false, std::memory_order_relaxed);
  return std::exchange(news_, {});
}

}  // namespace baton::track
