#include "baton/core/console_notices.h"

namespace baton {

void ConsoleNotices::notice(const Notice& notice) {
  const std::lock_guard lock(mutex_);
  if (!shown_.emplace(notice.id, notice.text).second) return;
  console_->write_line("baton: " + notice.text, Console::Channel::kErr);
}

}  // namespace baton
