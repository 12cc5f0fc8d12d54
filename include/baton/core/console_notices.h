// ConsoleNotices: shows notices to a person, as lines "baton: ..." on stderr.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "baton/core/console.h"
#include "baton/core/notice.h"

namespace baton {

/// Thread-safe. The same notice (id and text) is shown once.
class ConsoleNotices final : public NoticeSink {
 public:
  explicit ConsoleNotices(std::shared_ptr<Console> console) : console_(std::move(console)) {}

  void notice(const Notice& notice) override;

 private:
  std::shared_ptr<Console> console_;
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> shown_;
};

}  // namespace baton
