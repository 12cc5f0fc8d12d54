// A notice sink that keeps what it is given.
#pragma once

#include <string>
#include <vector>

#include "baton/core/notice.h"

namespace baton::fakes {

class RecordingNotices final : public NoticeSink {
 public:
  void notice(const Notice& notice) override { all.push_back(notice); }

  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const Notice& notice : all) ids.push_back(notice.id);
    return ids;
  }

  std::vector<Notice> all;
};

}  // namespace baton::fakes
